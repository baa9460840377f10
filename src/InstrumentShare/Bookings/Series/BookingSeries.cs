using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Bookings.Series;

public readonly record struct SeriesId(Guid Value) : ITypedId<SeriesId>
{
    public static SeriesId From(Guid value) => new(value);
}

public readonly record struct SeriesDateId(Guid Value) : ITypedId<SeriesDateId>
{
    public static SeriesDateId From(Guid value) => new(value);
}

/// <summary>What becomes of a series when some of its dates cannot be booked.</summary>
public enum SeriesConflicts
{
    Fail,
    Skip,
}

/// <summary>Bookings of one person that repeat by a rule, on the clock of the instrument.</summary>
public sealed class BookingSeries
{
    public SeriesId Id { get; init; } = SeriesId.From(Guid.CreateVersion7());

    public required InstrumentId InstrumentId { get; init; }

    public required PersonId PersonId { get; init; }

    public GroupId? GroupId { get; init; }

    public Guid? FundId { get; init; }

    public required ServiceMode ServiceMode { get; init; }

    public string Purpose { get; init; } = string.Empty;

    public string? UsePlace { get; init; }

    public string? CustomsNotice { get; init; }

    /// <summary>The rule as RFC 5545 writes it.</summary>
    public string Rrule { get; private set; } = string.Empty;

    public LocalDateTime StartsAt { get; private set; }

    public int Minutes { get; private set; }

    public required string Zone { get; init; }

    public IReadOnlyList<LocalDateTime> ExDates { get; private set; } = [];

    public IReadOnlyList<LocalDateTime> RDates { get; private set; } = [];

    public required SeriesConflicts Conflicts { get; init; }

    /// <summary>The series that this one's dates were part of before they were changed.</summary>
    public SeriesId? SplitFrom { get; init; }

    public required PersonId CreatedBy { get; init; }

    public required Instant CreatedAt { get; init; }

    public int Version { get; private set; } = 1;

    public Recurrence Recurrence => new(StartsAt, RecurrenceText.Read(Rrule, DateTimeZoneProviders.Tzdb[Zone], [])!, ExDates, RDates);

    /// <summary>What each date asks for but its time.</summary>
    public BookInstrument.Request Wish => new(InstrumentId, default, default, ServiceMode, Purpose, FundId, null, GroupId, UsePlace, CustomsNotice, SeriesId: Id);

    public BookingSeries Repeat(Recurrence recurrence, int minutes)
    {
        (Rrule, StartsAt, Minutes, ExDates, RDates) = (RecurrenceText.Write(recurrence.Rule), recurrence.StartsAt, minutes, recurrence.Without, recurrence.With);
        return this;
    }

    /// <summary>A change of its dates, so that two at once do not both pass.</summary>
    public void Touch() => Version++;

    /// <summary>A series of the dates from one on, like this in all but its rule.</summary>
    public BookingSeries Branch(PersonId by, Instant now) => new()
    {
        InstrumentId = InstrumentId, PersonId = PersonId, GroupId = GroupId, FundId = FundId, ServiceMode = ServiceMode, Purpose = Purpose, UsePlace = UsePlace, CustomsNotice = CustomsNotice,
        Zone = Zone, Conflicts = Conflicts, SplitFrom = Id, CreatedBy = by, CreatedAt = now,
    };
}

/// <summary>One date where the series has it, whatever has become of its booking since. Without a booking it was skipped.</summary>
public sealed class BookingSeriesDate
{
    public SeriesDateId Id { get; init; } = SeriesDateId.From(Guid.CreateVersion7());

    public required SeriesId SeriesId { get; set; }

    public required LocalDateTime StartsAt { get; set; }

    public BookingId? BookingId { get; private set; }

    /// <summary>Why it was skipped; empty when it was booked.</summary>
    public IReadOnlyList<ToldProblem> Problems { get; private set; } = [];

    public void Book(BookingId booking) => (BookingId, Problems) = (booking, []);

    public void Skip(IReadOnlyList<ToldProblem> problems) => Problems = problems;
}

/// <summary>A problem as it was told, in each language.</summary>
public sealed record ToldProblem(string Code, IReadOnlyDictionary<string, string> Texts);
