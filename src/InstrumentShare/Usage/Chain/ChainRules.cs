using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Usage.Chain;

public enum BreakKind
{
    /// <summary>The record no longer reads as it did when it was linked.</summary>
    RecordChanged,

    /// <summary>A link that must be there is not: the number before, or one that a seal names.</summary>
    LinkMissing,

    /// <summary>The link's hash does not follow from the link before and the record's digest.</summary>
    LinkChanged,

    /// <summary>A closed record that was never linked.</summary>
    RecordUnlinked,

    /// <summary>A seal does not follow from the seal before and the heads it holds.</summary>
    SealChanged,

    /// <summary>The chain is not the one that was sealed.</summary>
    SealedOtherwise,
}

/// <summary>The first place where the records and what vouches for them part.</summary>
/// <param name="Number">The link's number; null for a record without one and for a seal.</param>
/// <param name="SealedOn">The seal that tells.</param>
public sealed record ChainBreak(BreakKind Kind, InstrumentId? InstrumentId = null, long? Number = null, UsageId? UsageId = null, LocalDate? SealedOn = null);

/// <summary>
/// How usage records are chained: <c>digest = SHA-256(canonical JSON of the record)</c>, <c>hash = SHA-256(hash before ‖ number ‖
/// digest)</c> with the number as eight bytes, highest first, and 32 zero bytes before the first. Instants are whole microseconds since
/// 1970, as the database keeps them.
/// </summary>
public static class ChainRules
{
    /// <summary>What stands before the first link and the first seal.</summary>
    public static byte[] Genesis { get; } = new byte[32];

    /// <summary>Everything of a closed record but <see cref="UsageRecord.IsCurrent"/>, which a correction turns.</summary>
    public static byte[] DigestOf(UsageRecord r) => SHA256.HashData(Digest.CanonicalUtf8(JsonSerializer.SerializeToElement(new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["bookingId"] = r.BookingId?.Value,
        ["closedAt"] = r.ClosedAt is { } closed ? Micros(closed) : null,
        ["correctsId"] = r.CorrectsId?.Value,
        ["createdAt"] = Micros(r.CreatedAt),
        ["endedAt"] = r.EndedAt is { } ended ? Micros(ended) : null,
        ["enteredBy"] = r.EnteredBy.Value,
        ["feedback"] = r.Feedback,
        ["groupId"] = r.GroupId?.Value,
        ["id"] = r.Id.Value,
        ["institutionId"] = r.InstitutionId?.Value,
        ["instrumentId"] = r.InstrumentId.Value,
        ["personId"] = r.PersonId.Value,
        ["problem"] = r.Problem is { } problem ? Word.Of(problem) : null,
        ["purpose"] = r.Purpose,
        ["reason"] = r.Reason,
        ["samples"] = r.Samples,
        ["serviceMode"] = Word.Of(r.ServiceMode),
        ["source"] = Word.Of(r.Source),
        ["startedAt"] = Micros(r.StartedAt),
        ["unit"] = r.Unit,
    })));

    public static byte[] HashOf(byte[] before, long number, byte[] digest)
    {
        var text = new byte[before.Length + sizeof(long) + digest.Length];
        before.CopyTo(text, 0);
        BinaryPrimitives.WriteInt64BigEndian(text.AsSpan(before.Length), number);
        digest.CopyTo(text, before.Length + sizeof(long));
        return SHA256.HashData(text);
    }

    /// <summary>The link that follows another; the first where <paramref name="before"/> is null.</summary>
    public static UsageLink Next(UsageLink? before, UsageRecord record, Instant now, bool isAdopted = false)
    {
        var (number, digest) = ((before?.Number ?? 0) + 1, DigestOf(record));
        return new UsageLink
        {
            InstrumentId = record.InstrumentId, Number = number, UsageId = record.Id, RecordDigest = digest, Hash = HashOf(before?.Hash ?? Genesis, number, digest), IsAdopted = isAdopted, LinkedAt = now,
        };
    }

    /// <summary>The links of records of any instruments that were closed one after another.</summary>
    public static IEnumerable<UsageLink> Of(IEnumerable<UsageRecord> records, Func<UsageRecord, Instant> linkedAt, bool isAdopted = false)
    {
        var heads = new Dictionary<InstrumentId, UsageLink>();
        foreach (var record in records) yield return heads[record.InstrumentId] = Next(heads.GetValueOrDefault(record.InstrumentId), record, linkedAt(record), isAdopted);
    }

    /// <summary>Null where the link stands.</summary>
    /// <param name="before">The hash of the number before; null where there is no such link.</param>
    /// <param name="record">Null where there is no such record.</param>
    public static ChainBreak? Judge(UsageLink link, byte[]? before, UsageRecord? record)
    {
        if (link.Number > 1 && before is null) return new ChainBreak(BreakKind.LinkMissing, link.InstrumentId, link.Number - 1);
        if (!HashOf(before ?? Genesis, link.Number, link.RecordDigest).AsSpan().SequenceEqual(link.Hash)) return new ChainBreak(BreakKind.LinkChanged, link.InstrumentId, link.Number, link.UsageId);
        return record is null || !DigestOf(record).AsSpan().SequenceEqual(link.RecordDigest) ? new ChainBreak(BreakKind.RecordChanged, link.InstrumentId, link.Number, link.UsageId) : null;
    }

    /// <summary>The seal of a day over the heads that grew.</summary>
    public static UsageSeal Seal(byte[]? before, LocalDate day, Instant now, IReadOnlyCollection<UsageSealHead> heads, long links)
    {
        var digest = HeadsDigest(heads);
        return new UsageSeal { SealedOn = day, SealedAt = now, Heads = heads.Count, Links = links, HeadsDigest = digest, Hash = SealHash(before ?? Genesis, day, links, digest) };
    }

    /// <summary>Whether a seal follows from the one before and the heads.</summary>
    public static bool Holds(UsageSeal seal, byte[]? before, IReadOnlyCollection<UsageSealHead> heads) =>
        HeadsDigest(heads).AsSpan().SequenceEqual(seal.HeadsDigest) && SealHash(before ?? Genesis, seal.SealedOn, seal.Links, seal.HeadsDigest).AsSpan().SequenceEqual(seal.Hash);

    private static byte[] HeadsDigest(IEnumerable<UsageSealHead> heads) => Convert.FromHexString(Digest.OfLines(
        heads.Select(h => $"{h.InstrumentId.Value} {h.Number} {Convert.ToHexStringLower(h.Hash)}").Order(StringComparer.Ordinal).Select(Encoding.UTF8.GetBytes)));

    private static byte[] SealHash(byte[] before, LocalDate day, long links, byte[] digest) =>
        SHA256.HashData([.. before, .. Encoding.UTF8.GetBytes($"{LocalDatePattern.Iso.Format(day)} {links}"), .. digest]);

    private static long Micros(Instant instant) => instant.ToUnixTimeTicks() / 10;
}
