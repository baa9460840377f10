using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Bookings.Calendars.Pages;

/// <summary>One's calendar feeds: make, copy, renew, end.</summary>
[RequirePermission(AccessPermissions.OwnAccount)]
public sealed class FeedsModel(ChangeFeeds change, FeedQueries queries, CalendarQuery calendar, PublicAddress address, Caller caller, Words words) : PageModel
{
    /// <summary>What to subscribe to: a kind, with <c>:id</c> where it needs one.</summary>
    [BindProperty]
    public string? What { get; set; }

    /// <summary>The instrument whose page led here.</summary>
    [BindProperty(SupportsGet = true)]
    public Guid? Instrument { get; set; }

    /// <summary>An address just made, on the one page that shows it.</summary>
    public string? Made { get; private set; }

    public IReadOnlyList<FeedQueries.Item> Feeds { get; private set; } = [];

    public List<(string Value, string Text)> Choices { get; } = [];

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    /// <summary>The scheme by which calendar programs take an address over by themselves.</summary>
    public static string Webcal(string address) => "webcal" + address[address.IndexOf(':', StringComparison.Ordinal)..];

    public static string NameOf(FeedQueries.Item feed, Words t) => feed.Target is { } name
        ? t["feeds.of", ("kind", t.Of("feedKind", feed.Kind)), ("name", t.Name(name, feed.TargetEn))]
        : t.Of("feedKind", feed.Kind);

    /// <param name="what">The choice that another page leads to.</param>
    public Task OnGetAsync(string? what, CancellationToken cancel)
    {
        What = what;
        return ShowAsync(cancel);
    }

    public async Task OnPostAsync(CancellationToken cancel)
    {
        var parts = (What ?? string.Empty).Split(':', 2);
        Guid? target = parts.Length == 2 && Guid.TryParse(parts[1], out var id) ? id : null;
        await TakeAsync(await change.CreateAsync(new(parts[0], target, target), cancel), cancel);
    }

    public async Task<IActionResult> OnPostRenewAsync(Guid id, CancellationToken cancel)
    {
        var made = await change.RenewAsync(id, cancel);
        if (!made.IsOk && made.Problems[0].Kind == ProblemKind.NotFound) return NotFound();
        await TakeAsync(made, cancel);
        return Page();
    }

    public async Task<IActionResult> OnPostRevokeAsync(Guid id, CancellationToken cancel) => (await change.RevokeAsync(id, cancel)).IsOk ? RedirectToPage() : NotFound();

    private Task TakeAsync(Outcome<(CalendarFeed Feed, string Token)> made, CancellationToken cancel)
    {
        if (made.IsOk) Made = FeedToken.AddressOf(address.Value, made.Value.Token);
        // The form has one field for what the API has three names for.
        Problems = made.Problems.Select(p => p.Field is null ? p : p with { Field = nameof(What) }).ToList();
        return ShowAsync(cancel);
    }

    private async Task ShowAsync(CancellationToken cancel)
    {
        Feeds = await queries.OfAsync(caller.PersonId!.Value, cancel);
        Choices.Add((Word.Of(FeedKind.Mine), words.Of("feedKind", FeedKind.Mine)));
        if (FeedDoor.Managed(caller).Any()) Choices.Add((Word.Of(FeedKind.Managed), words.Of("feedKind", FeedKind.Managed)));
        if (caller.Has(Role.Technician)) Choices.Add((Word.Of(FeedKind.Assisted), words.Of("feedKind", FeedKind.Assisted)));
        foreach (var group in await queries.GroupsAsync(caller, cancel)) Choices.Add(($"{Word.Of(FeedKind.Group)}:{group.Id}", Text(FeedKind.Group, group.Name, group.NameEn)));
        if (Instrument is { } id && await calendar.InstrumentAsync(new InstrumentId(id), cancel) is { } instrument)
        {
            var value = $"{Word.Of(FeedKind.Instrument)}:{id}";
            Choices.Add((value, Text(FeedKind.Instrument, instrument.Name, instrument.NameEn)));
            What ??= value;
        }
    }

    private string Text(FeedKind kind, string name, string nameEn) => words["feeds.of", ("kind", words.Of("feedKind", kind)), ("name", words.Name(name, nameEn))];
}
