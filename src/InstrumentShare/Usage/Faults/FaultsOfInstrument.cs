using InstrumentShare.Catalog;
using Microsoft.AspNetCore.Mvc;

namespace InstrumentShare.Usage.Faults;

/// <summary>What is known to be wrong with an instrument, on its pages, and the way to report more.</summary>
public sealed class FaultsOfInstrument(FaultQueries faults) : ViewComponent
{
    public sealed record Shown(Guid Instrument, IReadOnlyList<StandingFault> Standing);

    public async Task<IViewComponentResult> InvokeAsync(Guid id) =>
        View("/Usage/Faults/Pages/_FaultsOfInstrument.cshtml", new Shown(id, await faults.StandingAsync([new InstrumentId(id)], HttpContext.RequestAborted)));
}
