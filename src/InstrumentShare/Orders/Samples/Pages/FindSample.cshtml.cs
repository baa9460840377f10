using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Orders.Samples.Pages;

/// <summary>Finds a sample by its code, scanned or typed, and tells what became of it.</summary>
[RequirePermission(OrderPermissions.Read)]
public sealed class FindSampleModel(SampleQueries queries) : PageModel
{
    public string? Code { get; private set; }

    public SampleDetail? Found { get; private set; }

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public async Task OnGetAsync(string? code, CancellationToken cancel)
    {
        Code = code;
        if (string.IsNullOrWhiteSpace(code)) return;
        if (SampleCodeRules.Read(code) is null) Problems = [Problem.Invalid("sample.code", "code", ("value", code))];
        else if ((Found = await queries.FindAsync(code, null, cancel)) is null) Problems = [Problem.NotFound("sample.not-found") with { Field = "code" }];
        if (Problems.Count > 0) Response.StatusCode = ProblemAnswers.StatusOf(Problems[0].Kind);
    }
}
