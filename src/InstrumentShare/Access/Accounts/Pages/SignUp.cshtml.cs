using InstrumentShare.Access.Institutions;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.RateLimiting;

namespace InstrumentShare.Access.Accounts.Pages;

[Public]
[EnableRateLimiting(RateLimits.SignIn)]
public sealed class SignUpModel(SignUp signUp, InstitutionQueries institutions, Words words) : PageModel
{
    private const int Offered = 10;

    [BindProperty]
    public string? Email { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? NameEn { get; set; }

    [BindProperty]
    public Guid? InstitutionId { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Institution { get; set; }

    public IReadOnlyList<InstitutionQueries.Item> Choices { get; private set; } = [];

    public bool Searched { get; private set; }

    public bool Sent { get; private set; }

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public Task OnGetAsync(CancellationToken cancel) => SearchAsync(cancel);

    /// <summary>Looks for the institution and keeps what was typed.</summary>
    public Task OnPostSearchAsync(CancellationToken cancel) => SearchAsync(cancel);

    public async Task OnPostAsync(CancellationToken cancel)
    {
        var done = await signUp.RunAsync(new(Email, Password, Name, NameEn, words.Language, InstitutionId), cancel);
        Sent = done.IsOk;
        Problems = done.Problems;
        if (!Sent) await SearchAsync(cancel);
    }

    private async Task SearchAsync(CancellationToken cancel)
    {
        Searched = !string.IsNullOrWhiteSpace(Institution);
        if (Searched) Choices = (await institutions.ListAsync(Institution, null, null, inactiveToo: false, null, Offered, cancel)).Items;
    }
}
