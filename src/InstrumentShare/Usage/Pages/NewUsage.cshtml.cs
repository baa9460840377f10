using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;

namespace InstrumentShare.Usage.Pages;

/// <summary>Enters a use that nobody checked in; from a booking its values are filled in.</summary>
[RequirePermission(UsagePermissions.Record)]
public sealed class NewUsageModel(DeskQueries desk, RecordUsage record, Words words) : PageModel
{
    public IReadOnlyList<(string Value, string Text)> Instruments { get; private set; } = [];

    public DateTimeZone Zone { get; private set; } = Words.DefaultZone;

    public DeskRow? Booking { get; private set; }

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    [BindProperty] public string? InstrumentId { get; set; }

    [BindProperty] public Guid? BookingId { get; set; }

    /// <summary>E-mail address or id.</summary>
    [BindProperty] public string? PersonId { get; set; }

    [BindProperty] public string? StartsAt { get; set; }

    [BindProperty] public string? EndsAt { get; set; }

    [BindProperty] public string? Mode { get; set; }

    [BindProperty] public string? Samples { get; set; }

    [BindProperty] public string? Purpose { get; set; }

    [BindProperty] public string? Reason { get; set; }

    public async Task<IActionResult> OnGetAsync(Guid? booking, Guid? instrument, CancellationToken cancel)
    {
        (BookingId, InstrumentId) = (booking, instrument?.ToString());
        await LoadAsync(cancel);
        if (booking is not null && Booking is null) return NotFound();
        if (Booking is not { } b) return Page();
        (StartsAt, EndsAt) = (FormTimes.Format(b.StartsAt!.Value, Zone), FormTimes.Format(b.EndsAt!.Value, Zone));
        (Mode, Purpose) = (Word.Of(b.ServiceMode), b.Purpose);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        await LoadAsync(cancel);
        if (!Guid.TryParse(InstrumentId, out var instrument))
        {
            Problems = [Problem.Invalid("usage.instrument-missing", "instrumentId")];
            return Page();
        }

        var mode = Word.TryParse<ServiceMode>(Mode, out var parsed) ? parsed : ServiceMode.SelfOperated;
        var outcome = await record.RunAsync(
            new RecordUsage.Entry(
                new InstrumentId(instrument), await desk.PersonAsync(PersonId, cancel), BookingId is { } id ? new BookingId(id) : null, 1, FormTimes.Parse(StartsAt, Zone), FormTimes.Parse(EndsAt, Zone),
                mode, Purpose?.Trim() ?? string.Empty, FormTimes.Count(Samples, 0) ?? 0, string.Empty, Reason), cancel);
        Problems = outcome.Problems;
        return outcome.IsOk ? Redirect($"/manage/usage/{outcome.Value.Id.Value}") : Page();
    }

    private async Task LoadAsync(CancellationToken cancel)
    {
        var mine = await desk.InstrumentsAsync(cancel);
        Instruments = [(string.Empty, words["usage.choose"]), .. mine.Select(i => (i.Id.ToString(), words.Name(i.Name.Name, i.Name.NameEn)))];
        if (BookingId is { } booking && await desk.BookingAsync(new BookingId(booking), cancel) is { } row)
        {
            (Booking, InstrumentId, Zone) = (row, row.Instrument.Id.ToString(), row.Zone);
            return;
        }

        if (Guid.TryParse(InstrumentId, out var id) && mine.FirstOrDefault(i => i.Id == id) is { Zone: { } zone }) Zone = zone;
    }
}
