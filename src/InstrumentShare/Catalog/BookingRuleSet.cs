using InstrumentShare.Access;
using NodaTime;

namespace InstrumentShare.Catalog;

/// <summary>
/// The rules of booking in force between two dates, both included, by the local date on which a booking starts.
/// Minutes and days; null means no such limit. Sets of one instrument never overlap; a date without a set takes no bookings.
/// </summary>
public sealed record BookingRuleSet
{
    public BookingRuleSetId Id { get; init; } = BookingRuleSetId.From(Guid.CreateVersion7());

    public required InstrumentId InstrumentId { get; init; }

    public required LocalDate ValidFrom { get; init; }

    public LocalDate? ValidTo { get; private set; }

    public int MinMinutes { get; init; } = 15;

    public int MaxMinutes { get; init; } = 480;

    /// <summary>Starts and lengths are multiples of this, counted from local midnight.</summary>
    public int GranularityMinutes { get; init; } = 15;

    /// <summary>How long before its start a booking must be made, at the latest.</summary>
    public int LeadMinutes { get; init; }

    /// <summary>How many days ahead one may book.</summary>
    public int HorizonDays { get; init; } = 30;

    /// <summary>Until how long before the start its owner may cancel or move it.</summary>
    public int CancelLeadMinutes { get; init; }

    /// <summary>Kept free before each booking.</summary>
    public int SetupMinutes { get; init; }

    /// <summary>Kept free after each booking.</summary>
    public int CoolingMinutes { get; init; }

    public int? PersonDayMinutes { get; init; }

    public int? PersonWeekMinutes { get; init; }

    public bool ApprovalRequired { get; init; }

    public PersonId? CreatedBy { get; init; }

    public required Instant CreatedAt { get; init; }

    public bool HoldsOn(LocalDate date) => ValidFrom <= date && (ValidTo is null || date <= ValidTo);

    /// <summary>Ends the set with this day as its last; null leaves it open.</summary>
    public BookingRuleSet EndingOn(LocalDate? lastDay)
    {
        ValidTo = lastDay;
        return this;
    }
}
