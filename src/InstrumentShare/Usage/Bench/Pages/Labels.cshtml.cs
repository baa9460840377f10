using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Usage.Bench.Pages;

/// <summary>Labels to print and put on instruments: one alone, or a sheet of several.</summary>
[RequirePermission(UsagePermissions.Record)]
public sealed class LabelsModel(DeskQueries desk, BenchQueries bench, PublicAddress address) : PageModel
{
    public const int Most = 60;

    public sealed record Label(UsagePlace Instrument, string Code, string Address);

    public IReadOnlyList<UsagePlace> Mine { get; private set; } = [];

    public IReadOnlySet<Guid> Chosen { get; private set; } = new HashSet<Guid>();

    public IReadOnlyList<Label> Labels { get; private set; } = [];

    public async Task OnGetAsync(Guid[] instrument, CancellationToken cancel)
    {
        Mine = [.. (await desk.InstrumentsAsync(cancel)).Select(i => i.Name)];
        Chosen = instrument.Take(Most).ToHashSet();
        var chosen = Mine.Where(m => Chosen.Contains(m.Id)).ToList();
        var codes = await bench.CodesAsync([.. chosen.Select(c => new InstrumentId(c.Id))], cancel);
        Labels = chosen.ConvertAll(c => new Label(c, codes[new InstrumentId(c.Id)], $"{address.Value}/b/{codes[new InstrumentId(c.Id)]}"));
    }
}
