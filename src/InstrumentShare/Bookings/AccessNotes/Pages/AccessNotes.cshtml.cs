using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Catalog.Pages;
using InstrumentShare.Persistence;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.Options;

namespace InstrumentShare.Bookings.AccessNotes.Pages;

/// <summary>How to connect to an instrument that is used from afar, among its settings.</summary>
[RequirePermission(CatalogPermissions.ManageInstruments)]
public sealed class AccessNotesModel(AppDb db, InstrumentQueries instruments, Caller caller, AccessNoteQueries queries, WriteAccessNotes write, IOptions<BookingOptions> options) : ManagedPage(db, instruments, caller, "access")
{
    [BindProperty] public string? Text { get; set; }

    [BindProperty] public long? IfNumber { get; set; }

    public KeptAccess Kept { get; private set; } = null!;

    public IReadOnlyList<AccessNoteVersion> Versions { get; private set; } = [];

    public int GraceMinutes => options.Value.AccessMinutesAfter;

    public override void OnPageHandlerExecuting(PageHandlerExecutingContext context) => Response.NeverStore();

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (await OpenAsync(cancel) is { } answer) return answer;
        await LoadAsync(cancel);
        Text = Kept.Text;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (await OpenAsync(cancel) is { } answer) return answer;
        var written = await write.RunAsync(InstrumentId, Text, IfNumber, cancel);
        if (written.IsOk) return Done();
        var shown = await ShowAsync(written.Problems, cancel);
        await LoadAsync(cancel);
        // What somebody else wrote meanwhile is written over by those who have been told.
        IfNumber = Kept.Number;
        return shown;
    }

    private async Task LoadAsync(CancellationToken cancel) => (Kept, Versions) = (await queries.OfInstrumentAsync(InstrumentId, cancel), await queries.VersionsAsync(InstrumentId, cancel));
}
