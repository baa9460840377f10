using System.Globalization;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.AspNetCore.Identity;
using NodaTime;
using QRCoder;

namespace InstrumentShare.Access.Accounts;

/// <summary>The second step of sign-in by an authenticator (TOTP, RFC 6238: six digits, 30 seconds, SHA-1), with recovery codes.</summary>
public sealed class TwoFactor(AppDb db, UserManager<Person> people, Caller caller, CheckPassword check, IClock clock)
{
    public const int RecoveryCodes = 10;
    private const string Issuer = "InstrumentShare";

    /// <summary>The secret to type or scan. It does nothing until a code made with it has been shown.</summary>
    public async Task<(string Key, string QrImage)> KeyAsync(Person person)
    {
        if (string.IsNullOrEmpty(await people.GetAuthenticatorKeyAsync(person))) await people.ResetAuthenticatorKeyAsync(person);
        var key = (await people.GetAuthenticatorKeyAsync(person))!;
        var address = $"otpauth://totp/{Issuer}:{Uri.EscapeDataString(person.Email!)}?secret={key}&issuer={Issuer}&digits=6";
        using var generator = new QRCodeGenerator();
        using var data = generator.CreateQrCode(address, QRCodeGenerator.ECCLevel.M);
        using var image = new PngByteQRCode(data);
        return (string.Join(' ', key.Chunk(4).Select(c => new string(c))).ToLower(CultureInfo.InvariantCulture), "data:image/png;base64," + Convert.ToBase64String(image.GetGraphic(6)));
    }

    /// <summary>The recovery codes: shown now and never again.</summary>
    public async Task<Outcome<List<string>>> EnableAsync(Person person, string? code, CancellationToken cancel)
    {
        var typed = (code ?? string.Empty).Replace(" ", string.Empty, StringComparison.Ordinal);
        if (!await people.VerifyTwoFactorTokenAsync(person, people.Options.Tokens.AuthenticatorTokenProvider, typed))
            return Problem.Refused("account.two-factor-wrong", "code");
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        await people.SetTwoFactorEnabledAsync(person, true);
        var codes = await CodesAsync(person, "account.two-factor-on");
        await transaction.CommitAsync(cancel);
        return codes;
    }

    public async Task<Outcome<List<string>>> NewCodesAsync(Person person, string? password, CancellationToken cancel)
    {
        if (await WrongAsync(person, password) is { } wrong) return wrong;
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var codes = await CodesAsync(person, "account.recovery-codes-made");
        await transaction.CommitAsync(cancel);
        return codes;
    }

    public async Task<Outcome<Done>> DisableAsync(Person person, string? password, CancellationToken cancel)
    {
        if (await WrongAsync(person, password) is { } wrong) return wrong;
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        await people.SetTwoFactorEnabledAsync(person, false);
        await people.ResetAuthenticatorKeyAsync(person);
        caller.Audit(db, clock.GetCurrentInstant(), "account.two-factor-off", "person", person.Id.ToString());
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return new Done();
    }

    private async Task<List<string>> CodesAsync(Person person, string action)
    {
        var codes = (await people.GenerateNewTwoFactorRecoveryCodesAsync(person, RecoveryCodes))!.ToList();
        caller.Audit(db, clock.GetCurrentInstant(), action, "person", person.Id.ToString());
        await db.SaveChangesAsync();
        return codes;
    }

    // A session left open must not be enough to take the second step away.
    private async Task<Problem?> WrongAsync(Person person, string? password) =>
        await people.IsLockedOutAsync(person) ? Problem.Refused("account.locked-out", "password")
        : await people.CheckPasswordAsync(person, password ?? string.Empty) ? null
        : (await check.FailedAsync(person, "account.password-wrong")) with { Field = "password" };
}
