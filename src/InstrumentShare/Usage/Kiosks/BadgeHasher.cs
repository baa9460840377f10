using System.Security.Cryptography;
using System.Text;
using InstrumentShare.Access;
using InstrumentShare.Persistence;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Usage.Kiosks;

/// <summary>
/// Hashes cards' numbers with a key of the server's, so that a copy of the table alone does not tell which numbers there are. The
/// key is made once for all nodes and stands in the database sealed by the data-protection keys.
/// </summary>
public sealed class BadgeHasher(IDbContextFactory<AppDb> databases, IDataProtectionProvider protection, IClock clock)
{
    private const string Name = "badge-key";
    private readonly IDataProtector protector = protection.CreateProtector("InstrumentShare.Kiosks.BadgeKey");
    private byte[]? key;

    public async Task<byte[]> HashAsync(InstitutionId institution, string number, CancellationToken cancel)
    {
        key ??= await KeyAsync(cancel);
        return HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{institution.Value}:{number}"));
    }

    private async Task<byte[]> KeyAsync(CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        var made = protector.Protect(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        await db.Database.ExecuteSqlAsync($"INSERT INTO server_secrets (name, sealed, created_at) VALUES ({Name}, {made}, {clock.GetCurrentInstant().ToDateTimeUtc()}) ON CONFLICT DO NOTHING", cancel);
        return Convert.FromBase64String(protector.Unprotect(await db.Set<ServerSecret>().Where(s => s.Name == Name).Select(s => s.Sealed).SingleAsync(cancel)));
    }
}
