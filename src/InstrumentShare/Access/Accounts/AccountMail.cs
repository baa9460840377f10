using System.Text;
using InstrumentShare.Persistence;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;
using NodaTime;

namespace InstrumentShare.Access.Accounts;

/// <summary>Mail about a person's own account, added to the context and saved with what it tells of.</summary>
public sealed class AccountMail(AppDb db, UserManager<Person> people, IClock clock)
{
    public async Task ConfirmAsync(Person person) =>
        Add(person, "account.confirm", LinkTo("/confirm-email", person, await people.GenerateEmailConfirmationTokenAsync(person)));

    public async Task ResetAsync(Person person) =>
        Add(person, "account.reset", LinkTo("/reset-password", person, await people.GeneratePasswordResetTokenAsync(person)));

    /// <summary>Somebody tried to sign up with an address that has an account already.</summary>
    public void Exists(Person person) => Add(person, "account.exists", "/sign-in");

    public void PasswordChanged(Person person) => Add(person, "account.password-changed", "/forgot-password");

    /// <summary>The token of a link; null when it is not one.</summary>
    public static string? TokenOf(string? linked)
    {
        try
        {
            return string.IsNullOrEmpty(linked) ? null : Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(linked));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static string LinkTo(string page, Person person, string token) =>
        $"{page}?person={person.Id}&token={WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(token))}";

    private void Add(Person person, string kind, string path) =>
        db.AddMail(kind, person.Email!, person.Id, person.Language, new { person.Name, NameEn = person.NameEn ?? person.Name, Path = path }, clock.GetCurrentInstant());
}
