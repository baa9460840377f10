using InstrumentShare.Access;
using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Web.Pages;

/// <summary>Keeps the chosen language in a cookie and goes back to where the reader was.</summary>
[Public]
public sealed class LanguageModel : PageModel
{
    public IActionResult OnGet() => RedirectToPage("/Web/Pages/Index");

    public IActionResult OnPost(string? language, string? returnUrl)
    {
        if (WordCatalog.Languages.Contains(language))
        {
            Response.Cookies.Append("language", CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(language!)),
                new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = Request.IsHttps, MaxAge = TimeSpan.FromDays(365), IsEssential = true });
        }

        return LocalRedirect(Url.IsLocalUrl(returnUrl) ? returnUrl : "/");
    }
}
