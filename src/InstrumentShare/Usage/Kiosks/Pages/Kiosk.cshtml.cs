using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Demo;
using InstrumentShare.Kernel;
using InstrumentShare.Usage.Bench;
using InstrumentShare.Usage.Bench.Pages;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using NodaTime;

namespace InstrumentShare.Usage.Kiosks.Pages;

/// <summary>A tablet's one page: how its instruments stand, who stands before it, and what they can do.</summary>
[Public]
public sealed class KioskModel(KioskDoor door, IdentifyAtKiosk identify, BenchQueries queries, BenchActions actions, Caller caller, IOptions<DemoOptions> demo, IClock clock) : BenchPage(queries, actions, clock)
{
    /// <summary>Null on a device that is no kiosk.</summary>
    public OpenKiosk? Kiosk { get; private set; }

    /// <summary>Whose turn it is; null while nobody has said who they are.</summary>
    public string? Person { get; private set; }

    public IReadOnlyList<BenchPlace> Places { get; private set; } = [];

    public bool HasInstrument { get; private set; }

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public bool IsDemo => demo.Value.Enabled;

    [BindProperty] public string? Who { get; set; }

    [BindProperty] public string? Pin { get; set; }

    public async Task<IActionResult> OnGetAsync(Guid? id, CancellationToken cancel)
    {
        if (!await OpenAsync(cancel)) return Page();
        return await ShowAsync(id, cancel);
    }

    /// <summary>Says that the person is still there, though nothing was sent: typing takes time.</summary>
    public async Task<IActionResult> OnGetAliveAsync(CancellationToken cancel) => await OpenAsync(cancel) && Person is not null ? new NoContentResult() : NotFound();

    public async Task<IActionResult> OnPostWhoAsync(Guid? id, CancellationToken cancel)
    {
        if (!await OpenAsync(cancel)) return Redirect(KioskDoor.Path);
        var found = await identify.RunAsync(Kiosk!.Id, Who, Pin, cancel);
        if (found.IsOk)
        {
            door.Enter(Kiosk, found.Value);
            return Redirect(Kiosk.Instruments.Count == 1 ? $"{KioskDoor.Path}/{Kiosk.Instruments[0].Value}" : KioskDoor.Path);
        }

        Problems = found.Problems;
        return await ShowAsync(id, cancel);
    }

    public IActionResult OnPostLeave()
    {
        door.Leave();
        return Redirect(KioskDoor.Path);
    }

    public async Task<IActionResult> OnPostAsync(Guid id, CancellationToken cancel)
    {
        if (!await OpenAsync(cancel)) return Redirect(KioskDoor.Path);
        if (Person is null)
        {
            Problems = [Problem.Refused("kiosk.forgotten")];
            return await ShowAsync(null, cancel);
        }

        if (!Kiosk!.Instruments.Contains(new InstrumentId(id))) return NotFound();
        var problems = await ActAsync(new InstrumentId(id), cancel);
        if (problems.Count == 0) return Redirect($"{KioskDoor.Path}/{id}?done={Do}");
        HasInstrument = await LoadAsync(new InstrumentId(id), $"{KioskDoor.Path}/{id}", problems, cancel);
        return HasInstrument ? Page() : NotFound();
    }

    private async Task<bool> OpenAsync(CancellationToken cancel)
    {
        Kiosk = await door.OpenAsync(cancel);
        if (Kiosk is not null && await door.PersonAsync(Kiosk, cancel)) Person = caller.Name;
        return Kiosk is not null;
    }

    private async Task<IActionResult> ShowAsync(Guid? id, CancellationToken cancel)
    {
        if (id is { } one && Person is not null)
        {
            if (!Kiosk!.Instruments.Contains(new InstrumentId(one))) return NotFound();
            HasInstrument = await LoadAsync(new InstrumentId(one), $"{KioskDoor.Path}/{one}", [], cancel);
            return HasInstrument ? Page() : NotFound();
        }

        Places = await Queries.PlacesAsync(Kiosk!.Instruments, cancel);
        return Page();
    }
}
