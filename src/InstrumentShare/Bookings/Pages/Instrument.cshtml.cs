using InstrumentShare.Access;
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
    InstrumentQueries instruments, CalendarQuery calendar, PricePolicies prices, JudgeBooking judge, IEnumerable<IBookingGate> gates, Caller caller, IClock clock) : PageModel
{
    /// <param name="Problem">What to do about it; null when it is passed.</param>
    public sealed record Gate(string Words, Problem? Problem);

    public InstrumentDetail Detail { get; private set; } = null!;

    public InstrumentRules Rules { get; private set; } = null!;

    public BookingTerms? Today { get; private set; }

    public InstrumentWeek Week { get; private set; } = null!;

    public UserClass MyClass { get; private set; }

    /// <summary>In force today, the reader's class first.</summary>
    public IReadOnlyList<PricePolicy> Prices { get; private set; } = [];

    public Price? Example { get; private set; }

    public TimeSlot ExampleSlot { get; private set; }

    public IReadOnlyList<Gate> Gates { get; private set; } = [];

    public Instant Now { get; } = clock.GetCurrentInstant();

    public bool MayBook => Gates.All(g => g.Problem is null);

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancel)
    {
        if (await calendar.InstrumentAsync(new InstrumentId(id), cancel) is not { } rules || await instruments.DetailAsync(rules.Id, cancel) is not { } detail) return NotFound();
        (Detail, Rules, Today) = (detail, rules, rules.RulesFor(judge.BookerOf(rules).Audience, rules.DateOf(Now)));
        Week = await InstrumentWeek.LoadAsync(calendar, rules, rules.DateOf(Now), Now, cancel);
        await PriceAsync(cancel);
        await GateAsync(cancel);
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

    private async Task GateAsync(CancellationToken cancel)
    {
        var found = BookingRules.Gates(Rules, judge.BookerOf(Rules));
        var list = new List<Gate>
        {
            new("gate.open", found.FirstOrDefault(p => p.Code is "booking.not-bookable") ?? (Today is null ? Problem.Refused("booking.no-rules", null, ("date", Rules.DateOf(Now))) : null)),
            new("gate.working", found.FirstOrDefault(p => p.Code is "booking.out-of-order")),
            new("gate.shared", found.FirstOrDefault(p => p.Code.StartsWith("booking.sharing", StringComparison.Ordinal))),
            new("gate.account", caller.IsSignedIn ? null : new Problem("access.sign-in-needed")),
        };
        if (caller.PersonId is { } person)
            foreach (var gate in gates)
                list.Add(new Gate("gate." + gate.Name, await gate.CheckAsync(new GateRequest(person, caller.InstitutionId, Rules, null), cancel) is [var first, ..] ? first : null));
        Gates = list;
    }
}
