using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Pricing;
using NodaTime;

namespace InstrumentShare.Orders.Quotes;

public enum QuoteStatus
{
    Open,
    Accepted,
    Refused,

    /// <summary>A newer one took its place.</summary>
    Replaced,
    Expired,

    /// <summary>Its order ended.</summary>
    Withdrawn,
}

/// <summary>What an order's work costs, until a day. Never edited: a new one replaces it.</summary>
public sealed class Quote
{
    public QuoteId Id { get; init; } = QuoteId.From(Guid.CreateVersion7());

    public required OrderId OrderId { get; init; }

    /// <summary>Counts the order's quotes from 1.</summary>
    public required int Number { get; init; }

    public QuoteStatus Status { get; private set; } = QuoteStatus.Open;

    /// <summary>The last day it can be accepted, at the lab.</summary>
    public required LocalDate ValidUntil { get; init; }

    /// <summary>The end of that day.</summary>
    public required Instant ExpiresAt { get; init; }

    public string Note { get; init; } = string.Empty;

    public required IReadOnlyList<QuoteLine> Lines { get; init; }

    public required Money Total { get; init; }

    public required PersonId CreatedBy { get; init; }

    public required Instant CreatedAt { get; init; }

    public PersonId? DecidedBy { get; private set; }

    public Instant? DecidedAt { get; private set; }

    public string? DecideReason { get; private set; }

    public int Version { get; private set; } = 1;

    /// <summary>Closes an open quote; one that is closed stays as it is.</summary>
    public void End(QuoteStatus status, PersonId? by, Instant now, string? reason = null)
    {
        if (Status != QuoteStatus.Open) return;
        (Status, DecidedBy, DecidedAt, DecideReason) = (status, by, now, reason);
        Version++;
    }
}

/// <param name="OrderLineId">The line of the order that it prices; null for something besides.</param>
/// <param name="Reason">Why the amount was set by hand; null where the price list gave it.</param>
/// <param name="PolicyId">The price list that gave it.</param>
public sealed record QuoteLine(OrderLineId? OrderLineId, string Label, int Samples, Money Amount, string? Reason, PricePolicyId? PolicyId, Explanation Steps);
