using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace InstrumentShare.Bookings.AccessNotes;

/// <summary>Seals how to connect by the keys that all nodes share.</summary>
public sealed class AccessNoteSeal(IDataProtectionProvider protection)
{
    private readonly IDataProtector protector = protection.CreateProtector("InstrumentShare.AccessNotes");

    public string Seal(string text) => protector.Protect(text);

    /// <summary>Null where there is none, or where the keys that sealed it are gone and it has to be written anew.</summary>
    public string? Open(string? sealedText)
    {
        try
        {
            return sealedText is null ? null : protector.Unprotect(sealedText);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
