using System.Security.Cryptography;
using System.Text;
using InstrumentShare.Persistence;
using InstrumentShare.Subsidies.Language;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Subsidies;

/// <summary>Puts the policy texts that come with the program into the database, each version once.</summary>
public sealed class LoadPolicies(AppDb db, PolicyLibrary library, IClock clock) : IStartupLoader
{
    /// <exception cref="StartRefusedException">A text was changed without a new version, so runs would not be what they say.</exception>
    public async Task LoadAsync(CancellationToken cancel)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        await AdvisoryLocks.TakeAsync(db, cancel, "subsidy-policies");
        var stored = await db.Set<PolicyText>().ToListAsync(cancel);
        foreach (var (policy, (_, text)) in PolicyPresets.All.Zip(PolicyPresets.Texts)) Load(policy, text, stored);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        library.Forget();
    }

    private void Load(SubsidyPolicy policy, string text, List<PolicyText> stored)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        var versions = stored.Where(s => s.Id == policy.Id).ToList();
        if (versions.Find(v => v.Version == policy.Version) is { } same)
        {
            if (same.Digest != digest) throw new StartRefusedException($"The text of subsidy policy {policy.Id} was changed, but its version is still {policy.Version}. Raise the version.");
            return;
        }

        foreach (var older in versions) older.IsCurrent = false;
        db.SaveChanges();
        db.Add(new PolicyText { Id = policy.Id, Version = policy.Version, Region = policy.Region, Text = text, Digest = digest, IsCurrent = true, LoadedAt = clock.GetCurrentInstant() });
    }
}
