using System.Globalization;
using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Notifications.Preferences.Pages;

/// <summary>How one's mail arrives.</summary>
[RequirePermission(AccessPermissions.OwnAccount)]
public sealed class MailModel(ChangeMailPreferences change, MailKinds kinds) : PageModel
{
    private const string ChoiceField = "Choices.";

    private Dictionary<string, string?> choices = [];

    [BindProperty]
    public long? Version { get; set; }

    [BindProperty]
    public string? TimeZone { get; set; }

    [BindProperty]
    public string? QuietFrom { get; set; }

    [BindProperty]
    public string? QuietTo { get; set; }

    [BindProperty]
    public string? DigestAt { get; set; }

    /// <summary>As it was typed.</summary>
    [BindProperty]
    public string? ReminderHours { get; set; }

    [BindProperty(SupportsGet = true)]
    public bool Saved { get; set; }

    public IReadOnlyList<MailKind> Kinds => kinds.All;

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public string Choice(MailKind kind) => choices.GetValueOrDefault(kind.Name) ?? Word.Of(MailDelivery.AtOnce);

    public List<(string Value, string Text)> OptionsOf(MailKind kind, Words t) => Enum.GetValues<MailDelivery>()
        .Where(d => (d != MailDelivery.Off || kind.MayBeOff) && (d != MailDelivery.Digest || !kind.IsHurried)).Select(d => (Word.Of(d), t.Of("mailDelivery", d))).ToList();

    public async Task OnGetAsync(CancellationToken cancel)
    {
        var mine = await change.MineAsync(cancel);
        (Version, TimeZone, DigestAt, ReminderHours) = (mine.Version, mine.TimeZone, MailPreferenceRules.Time(mine.DigestMinute), mine.ReminderHours.ToString(CultureInfo.InvariantCulture));
        (QuietFrom, QuietTo) = (mine.QuietFromMinute is { } from ? MailPreferenceRules.Time(from) : null, mine.QuietToMinute is { } to ? MailPreferenceRules.Time(to) : null);
        choices = mine.Choices.ToDictionary(c => c.Key, c => (string?)Word.Of(c.Value), StringComparer.Ordinal);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        choices = Request.Form.Keys.Where(k => k.StartsWith(ChoiceField, StringComparison.Ordinal)).ToDictionary(k => k[ChoiceField.Length..], k => (string?)Request.Form[k].ToString(), StringComparer.Ordinal);
        int? hours = int.TryParse(ReminderHours, NumberStyles.None, CultureInfo.InvariantCulture, out var typed) ? typed : null;
        var done = await change.RunAsync(new(TimeZone?.Trim(), QuietFrom, QuietTo, DigestAt, hours, choices), Version, cancel);
        if (done.IsOk) return RedirectToPage(new { saved = true });
        Problems = done.Problems;
        return Page();
    }
}
