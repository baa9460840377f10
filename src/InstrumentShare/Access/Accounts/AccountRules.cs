using System.Net.Mail;
using InstrumentShare.Kernel;

namespace InstrumentShare.Access.Accounts;

/// <summary>What a person may call themselves and choose as a password.</summary>
public static class AccountRules
{
    public const int MinPassword = 10;
    public const int MaxPassword = 128;
    public const int MinDistinct = 5;
    public const int MaxName = 100;
    private const int MaxEmail = 254;

    /// <summary>10 to 128 characters, at least 5 of them different. Long beats complicated, so no kinds are asked for.</summary>
    public static IEnumerable<Problem> Password(string? password, string field = "password")
    {
        if (password is not { Length: >= MinPassword and <= MaxPassword }) yield return Problem.Invalid("account.password-length", field, ("min", MinPassword), ("max", MaxPassword));
        else if (password.Distinct().Count() < MinDistinct) yield return Problem.Invalid("account.password-simple", field, ("distinct", MinDistinct));
    }

    /// <summary>A name of 1 to 100 characters, none of them a control character; the second name may be absent.</summary>
    public static IEnumerable<Problem> Names(string? name, string? nameEn)
    {
        if (string.IsNullOrWhiteSpace(name) || !IsName(name)) yield return Problem.Invalid("account.name-length", "name", ("max", MaxName));
        if (nameEn is not null && !IsName(nameEn)) yield return Problem.Invalid("account.name-length", "nameEn", ("max", MaxName));
    }

    public static IEnumerable<Problem> Language(string? language)
    {
        if (language is not ("zh-CN" or "en")) yield return Problem.Invalid("account.language", "language");
    }

    /// <summary>One bare address with a dotted domain, at most 254 characters.</summary>
    public static IEnumerable<Problem> Email(string? email)
    {
        var typed = email?.Trim() ?? string.Empty;
        var valid = typed.Length is > 0 and <= MaxEmail && !typed.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)) &&
            MailAddress.TryCreate(typed, out var address) && address.Address == typed && address.Host.Contains('.', StringComparison.Ordinal);
        if (!valid) yield return Problem.Invalid("account.email", "email");
    }

    private static bool IsName(string name) => name.Length <= MaxName && !name.Any(char.IsControl);
}
