using System.Security.Cryptography;
using System.Text;

namespace InstrumentShare.Usage.Kiosks;

/// <summary>One-time codes that a person may type, and devices' secrets that only cookies carry.</summary>
public static class KioskSecret
{
    // No letter that is mistaken for a digit.
    private const string Letters = "ABCDEFGHJKMNPQRSTVWXYZ23456789";

    /// <summary>Twelve letters and digits, 58 bits.</summary>
    public static string Code() => RandomNumberGenerator.GetString(Letters, 12);

    public static string Secret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    /// <summary>What somebody typed of a code: case and blanks do not matter.</summary>
    public static string Typed(string? code) => new([.. (code ?? string.Empty).ToUpperInvariant().Where(char.IsAsciiLetterOrDigit)]);

    /// <summary>Takes the same time however much of the secret is right.</summary>
    public static bool Matches(string secret, byte[]? hash) => CryptographicOperations.FixedTimeEquals(Hash(secret), hash ?? new byte[SHA256.HashSizeInBytes]) && hash is not null;
}
