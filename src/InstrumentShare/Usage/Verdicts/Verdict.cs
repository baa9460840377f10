using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using NodaTime;

namespace InstrumentShare.Usage.Verdicts;

public readonly record struct VerdictId(Guid Value) : ITypedId<VerdictId>
{
    public static VerdictId From(Guid value) => new(value);
}

/// <summary>What became of a booking. Several may hold at once: late and overran.</summary>
public enum BookingVerdict
{
    AsBooked,
    Late,
    Overran,
    LeftEarly,
    NoShow,
}

/// <summary>
/// A judgement of a booking that is over, with the uses that it stood on. It is never changed: when a use is recorded or
/// corrected, or a manager excuses, another takes its place and this one stays as it was.
/// </summary>
public sealed class Verdict
{
    public VerdictId Id { get; init; } = VerdictId.From(Guid.CreateVersion7());

    public required InstrumentId InstrumentId { get; init; }

    public required BookingId BookingId { get; init; }

    public required PersonId PersonId { get; init; }

    public GroupId? GroupId { get; init; }

    public required Instant BookingEndedAt { get; init; }

    public required Instant JudgedAt { get; init; }

    /// <summary>The words of what was found, in the order of the enumeration.</summary>
    public required List<string> Found { get; init; }

    public int MinutesLate { get; init; }

    public int MinutesOver { get; init; }

    public int MinutesEarly { get; init; }

    public List<Guid> UsageIds { get; init; } = [];

    /// <summary>Why a manager lets it pass; null when nobody does.</summary>
    public string? ExcuseReason { get; init; }

    public PersonId? ExcusedBy { get; init; }

    public Instant? ExcusedAt { get; init; }

    public VerdictId? SupersededBy { get; private set; }

    public bool IsExcused => ExcuseReason is not null;

    public IEnumerable<BookingVerdict> Verdicts => Found.Select(Word.Parse<BookingVerdict>);

    /// <summary>A judgement of a booking; an excuse of the one before goes on where it still covers everything found.</summary>
    public static Verdict Of(Booking b, Judgement j, Verdict? before, Instant now, VerdictId? id = null)
    {
        var excuse = before is not null && VerdictRules.KeepsExcuse(before.Verdicts, j.Verdicts) ? before : null;
        return new Verdict
        {
            Id = id ?? VerdictId.From(Guid.CreateVersion7()), InstrumentId = b.InstrumentId, BookingId = b.Id, PersonId = b.PersonId, GroupId = b.GroupId, BookingEndedAt = b.EndsAt, JudgedAt = now,
            Found = [.. j.Verdicts.Select(Word.Of)], MinutesLate = j.MinutesLate, MinutesOver = j.MinutesOver, MinutesEarly = j.MinutesEarly, UsageIds = [.. j.UsageIds],
            ExcuseReason = excuse?.ExcuseReason, ExcusedBy = excuse?.ExcusedBy, ExcusedAt = excuse?.ExcusedAt,
        };
    }

    /// <summary>The same judgement with a manager's excuse.</summary>
    public Verdict Excused(string reason, PersonId by, Instant now, VerdictId? id = null) => new()
    {
        Id = id ?? VerdictId.From(Guid.CreateVersion7()), InstrumentId = InstrumentId, BookingId = BookingId, PersonId = PersonId, GroupId = GroupId, BookingEndedAt = BookingEndedAt, JudgedAt = now,
        Found = [.. Found], MinutesLate = MinutesLate, MinutesOver = MinutesOver, MinutesEarly = MinutesEarly, UsageIds = [.. UsageIds], ExcuseReason = reason, ExcusedBy = by, ExcusedAt = now,
    };

    /// <summary>Another judgement stands in its place.</summary>
    public void SupersedeBy(Verdict other) => SupersededBy = other.Id;

    /// <summary>Whether a judgement says the same of the same uses.</summary>
    public bool Says(Judgement j) => Verdicts.SequenceEqual(j.Verdicts) && (MinutesLate, MinutesOver, MinutesEarly) == (j.MinutesLate, j.MinutesOver, j.MinutesEarly) && UsageIds.ToHashSet().SetEquals(j.UsageIds);
}

/// <summary>A judgement that has just been made, with the one it takes the place of.</summary>
public sealed record Judged(Verdict Now, Verdict? Before);

/// <summary>Judgements were made or remade; they are saved, and their transaction is still open.</summary>
public sealed record BookingsJudged(IReadOnlyList<Judged> All);
