using InstrumentShare.Access;
using InstrumentShare.Bookings.Rules;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Pricing;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;

namespace InstrumentShare.Bookings.Pages;

/// <summary>An instrument: what it does, its free time this week, its price for the reader, its rules, and what stands against booking it.</summary>
[Public]
public sealed class InstrumentModel(
    InstrumentQueries instruments, CalendarQuery calendar, PricePolicies prices, JudgeBooking judge, CheckBooking check, Caller caller, IClock clock) : PageModel
{
    public InstrumentDetail Detail { get; private set; } = null!;

    public InstrumentRules Rules { get; private set; } = null!;

    public BookingTerms? Today { get; private set; }

    public InstrumentWeek Week { get; private set; } = null!;

    public UserClass MyClass { get; private set; }

    /// <summary>In force today, the reader's class first.</summary>
    public IReadOnlyList<PricePolicy> Prices { get; private set; } = [];

    public Price? Example { get; private set; }

    public TimeSlot ExampleSlot { get; private set; }

    /// <summary>What is asked whatever the time; the checklist has the rest.</summary>
    public IReadOnlyList<BookingGateResult> Gates { get; private set; } = [];

    public Instant Now { get; } = clock.GetCurrentInstant();

    public bool MayCheck => caller.MayAnywhere(BookingPermissions.Read);

    public bool MayBook => Gates.All(g => g.State != GateState.Fail);

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancel)
    {
        if (await calendar.InstrumentAsync(new InstrumentId(id), cancel) is not { } rules || await instruments.DetailAsync(rules.Id, cancel) is not { } detail) return NotFound();
        (Detail, Rules, Today) = (detail, rules, rules.RulesFor(judge.BookerOf(rules).Audience, rules.DateOf(Now)));
        Week = await InstrumentWeek.LoadAsync(calendar, rules, rules.DateOf(Now), Now, cancel);
        await PriceAsync(cancel);
        Gates = (await check.RunAsync(new(rules.Id), cancel)).Value?.Gates.Where(g => g.State != GateState.Open).ToList() ?? [];
        return Page();
    }

    private async Task PriceAsync(CancellationToken cancel)
    {
        var on = Now.InZone(Rules.InstitutionZone).Date;
        MyClass = UserClassRules.Of(Rules.InstitutionId, caller.InstitutionId, caller.InstitutionKind);
        Prices = (await prices.OfAsync(Rules.Id, Rules.RulesVersion, cancel)).Where(p => p.HoldsOn(on)).OrderBy(p => !caller.IsSignedIn || p.UserClass == MyClass ? 0 : 1).ThenBy(p => p.UserClass).ToList();
        var minutes = Today is null ? 120 : Math.Clamp(120, Today.MinMinutes, Today.MaxMinutes);
        ExampleSlot = new TimeSlot(Now, Now + Duration.FromMinutes(minutes));
        if (Prices.FirstOrDefault(p => p.UserClass == MyClass) is { } mine && ChargeCalculator.Compute(mine, ChargeBasis.Estimate(ExampleSlot)) is { IsOk: true } price) Example = price.Value;
    }
}
