using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Access.ApiKeys;

/// <summary>What a key may be: no more than its owner may, for a year at most.</summary>
public static class ApiKeyRules
{
    public const int MaxDays = 365;
    public const int MaxLive = 20;
    private const int MaxName = 100;

    /// <param name="mine">The permissions that the owner has somewhere.</param>
    /// <param name="live">How many keys of the owner are neither expired nor revoked.</param>
    public static IEnumerable<Problem> Check(string? name, IReadOnlyCollection<string> scopes, Instant? expiresAt, IReadOnlySet<string> mine, int live, Instant now)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > MaxName || name.Any(char.IsControl)) yield return Problem.Invalid("api-key.name", "name", ("max", MaxName));
        if (scopes.Count == 0) yield return Problem.Invalid("api-key.no-scope", "scopes");
        foreach (var scope in scopes.Where(s => !mine.Contains(s))) yield return Problem.Invalid("api-key.scope", "scopes", ("scope", scope));
        if (expiresAt is null || expiresAt <= now || expiresAt > now + Duration.FromDays(MaxDays)) yield return Problem.Invalid("api-key.expiry", "expiresAt", ("days", MaxDays));
        if (live >= MaxLive) yield return Problem.Refused("api-key.too-many", null, ("max", MaxLive));
    }
}
