using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Orders;

/// <summary>
/// Work on samples that a customer entrusts to a lab: asked for, quoted, accepted, done, delivered. Its state changes by
/// <see cref="Become"/> alone, as <see cref="OrderRules"/> allows.
/// </summary>
public sealed class Order
{
    public OrderId Id { get; init; } = OrderId.From(Guid.CreateVersion7());

    /// <summary>What people call it by; given by the database.</summary>
    public long Number { get; private set; }

    /// <summary>The lab's institution.</summary>
    public required InstitutionId InstitutionId { get; init; }

    /// <summary>Null where only test items of the institution are ordered that belong to no instrument.</summary>
    public InstrumentId? InstrumentId { get; init; }

    public required PersonId PersonId { get; init; }

    public OrderCustomer Customer { get; set; }

    /// <summary>The group that pays, where the customer is a group.</summary>
    public GroupId? GroupId { get; set; }

    /// <summary>The customer's institution when the order was placed.</summary>
    public InstitutionId? UserInstitutionId { get; init; }

    public required UserClass UserClass { get; init; }

    public OrderStatus Status { get; private set; } = OrderStatus.Draft;

    public string Purpose { get; set; } = string.Empty;

    public string Note { get; set; } = string.Empty;

    public LocalDate? WishedOn { get; set; }

    /// <summary>The accepted quote: the price, until another is accepted.</summary>
    public QuoteId? QuoteId { get; private set; }

    public string? EndReason { get; private set; }

    public required Instant CreatedAt { get; init; }

    public Instant? SubmittedAt { get; private set; }

    public Instant? AcceptedAt { get; private set; }

    public Instant? DeliveredAt { get; private set; }

    public Instant? EndedAt { get; private set; }

    /// <summary>Grows with every change: the ETag.</summary>
    public int Version { get; private set; } = 1;

    public void Touch() => Version++;

    public Problem? Become(OrderStatus to, Instant now, string? reason = null)
    {
        if (!OrderRules.MayBecome(Status, to)) return Problem.Refused("order.state", "status", ("status", Status), ("next", to));
        if (to == OrderStatus.Submitted) SubmittedAt ??= now;
        if (to == OrderStatus.Delivered) DeliveredAt = now;
        if (OrderRules.IsOver(to)) (EndedAt, EndReason) = (now, reason);
        Status = to;
        Version++;
        return null;
    }

    /// <summary>Fixes the price: before the work it opens the order for samples, later it only replaces the price.</summary>
    public Problem? Accept(QuoteId quote, Instant now)
    {
        if (Status == OrderStatus.Quoted && Become(OrderStatus.Accepted, now) is { } refused) return refused;
        if (!OrderRules.MayBeQuoted(Status)) return Problem.Refused("order.state", "status", ("status", Status), ("next", OrderStatus.Accepted));
        (QuoteId, AcceptedAt) = (quote, now);
        Version++;
        return null;
    }
}

/// <summary>One kind of samples and what is to be done with them.</summary>
public sealed class OrderLine
{
    public OrderLineId Id { get; init; } = OrderLineId.From(Guid.CreateVersion7());

    public required OrderId OrderId { get; init; }

    public required int Position { get; init; }

    public TestItemId? TestItemId { get; init; }

    /// <summary>What is done: the test item's name as it was, or the customer's own words.</summary>
    public required string Method { get; init; }

    public required int Samples { get; init; }

    public required string Description { get; init; }

    public required SampleForm Form { get; init; }

    /// <summary>Words of <see cref="SampleHazard"/>.</summary>
    public List<string> Hazards { get; init; } = [];

    /// <summary>How to handle and store it.</summary>
    public string Handling { get; init; } = string.Empty;

    public bool WantsReturn { get; init; }
}
