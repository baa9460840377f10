using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using InstrumentShare.Persistence;
using Microsoft.AspNetCore.Authentication;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using NodaTime;

namespace InstrumentShare.Access;

/// <summary>Signs a machine in by <c>Authorization: Bearer is_&lt;prefix&gt;_&lt;secret&gt;</c>. Secrets are compared in constant time.</summary>
public sealed class ApiKeyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, IDbContextFactory<AppDb> databases, IClock clock)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public new const string Scheme = "ApiKey";
    public const string ScopeClaim = "scope";
    public const string Start = "is_";

    /// <summary>The parts of a key as it is shown once, when it is made.</summary>
    public static (string Key, string Prefix, byte[] SecretHash) Create()
    {
        var prefix = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        return ($"{Start}{prefix}_{secret}", prefix, Hash(secret));
    }

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer " + Start, StringComparison.Ordinal)) return AuthenticateResult.NoResult();
        var parts = header["Bearer ".Length..].Split('_');
        if (parts.Length != 3) return AuthenticateResult.Fail("The API key is malformed.");

        await using var db = await databases.CreateDbContextAsync(Context.RequestAborted);
        var now = clock.GetCurrentInstant();
        var key = await db.Set<ApiKey>().SingleOrDefaultAsync(k => k.Prefix == parts[1], Context.RequestAborted);
        var matches = CryptographicOperations.FixedTimeEquals(Hash(parts[2]), key?.SecretHash ?? new byte[32]);
        if (key is null || !matches || key.RevokedAt is not null || key.ExpiresAt <= now) return AuthenticateResult.Fail("The API key is unknown, revoked or expired.");

        // Once a minute is precise enough and keeps the row from being written by every request.
        if (key.LastUsedAt is null || now - key.LastUsedAt > Duration.FromMinutes(1))
        {
            key.LastUsedAt = now;
            await db.SaveChangesAsync(Context.RequestAborted);
        }

        var identity = new ClaimsIdentity(
            [new Claim(ClaimTypes.NameIdentifier, key.PersonId.Value.ToString()), .. key.Scopes.Select(s => new Claim(ScopeClaim, s))], Scheme);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme));
    }

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
