using System.Security.Cryptography;
using System.Text;

namespace InstrumentShare.Bookings.Calendars;

/// <summary>The secret part of a feed's address: <c>&lt;prefix&gt;-&lt;secret&gt;</c>, the secret 256 bits.</summary>
public static class FeedToken
{
    public static (string Token, string Prefix, byte[] SecretHash) Create()
    {
        var prefix = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        return ($"{prefix}-{secret}", prefix, Hash(secret));
    }

    public static string AddressOf(string publicAddress, string token) => $"{publicAddress}/api/v1/feeds/{token}.ics";

    /// <summary>Null when it is not one.</summary>
    public static (string Prefix, string Secret)? Read(string token) => token.Split('-') is [{ Length: > 0 } prefix, { Length: > 0 } secret] ? (prefix, secret) : null;

    /// <summary>Takes the same time whether the feed is known or not, and however much of the secret is right.</summary>
    public static bool Matches(string secret, CalendarFeed? feed) => CryptographicOperations.FixedTimeEquals(Hash(secret), feed?.SecretHash ?? new byte[SHA256.HashSizeInBytes]) && feed is not null;

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
