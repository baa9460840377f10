using InstrumentShare.Access;
using InstrumentShare.Bookings.Approvals;
using InstrumentShare.Bookings.Conditions;
using InstrumentShare.Bookings.Series;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Pricing;
using NodaTime;
using NpgsqlTypes;

namespace InstrumentShare.Bookings;

/// <summary>
/// One person's hold on one unit of an instrument. It holds its slot while requested, confirmed or in use. States change by
/// the methods only, each of which answers with a problem where the present state does not allow it.
/// </summary>
public sealed class Booking
{
    public static readonly IReadOnlyList<BookingStatus> Holding = [BookingStatus.Requested, BookingStatus.Confirmed, BookingStatus.InUse];

    public BookingId Id { get; init; } = BookingId.From(Guid.CreateVersion7());

    public required InstrumentId InstrumentId { get; init; }

    /// <summary>Which of the instrument's units, from 1.</summary>
    public short Unit { get; private set; } = 1;

    public required PersonId PersonId { get; init; }

    public GroupId? GroupId { get; init; }

    /// <summary>The person's institution when the booking was made.</summary>
    public InstitutionId? InstitutionId { get; init; }

    public SeriesId? SeriesId { get; private set; }

    /// <summary>The booking of another instrument that takes this time along; it is made, moved and ended with that one only.</summary>
    public BookingId? MainId { get; init; }

    /// <summary>Whether it holds other instruments, a room or a technician's time, which end with it.</summary>
    public bool TakesAlong { get; private set; }

    public Guid? FundId { get; init; }

    public required ServiceMode ServiceMode { get; init; }

    public string Purpose { get; init; } = string.Empty;

    /// <summary>Where the instrument is used when not at its own place.</summary>
    public string? UsePlace { get; init; }

    /// <summary>The number of the customs notice that allows it.</summary>
    public string? CustomsNotice { get; init; }

    public BookingStatus Status { get; private set; }

    public Instant StartsAt { get; private set; }

    public Instant EndsAt { get; private set; }

    /// <summary>The slot with its buffers: what the database lets no other booking of the unit overlap.</summary>
    public NpgsqlRange<DateTime> Held { get; private set; }

    public required UserClass UserClass { get; init; }

    public PricePolicyId? PricePolicyId { get; private set; }

    public long? EstimateFen { get; private set; }

    public string? EstimateCurrency { get; private set; }

    /// <summary>The version of the instrument's rules that the slot was last judged by.</summary>
    public long RulesVersion { get; private set; }

    public string? OverrideReason { get; private set; }

    /// <summary>Who is asked, in order, copied from the rules when the request was made; empty where nobody was.</summary>
    public IReadOnlyList<ApprovalStep> Approvals { get; private set; } = [];

    /// <summary>Whom a request waits for now.</summary>
    public Approver? ApprovalBy { get; private set; }

    public Instant? ApprovalSince { get; private set; }

    /// <summary>When the deadline of the present step acts; null where it has none, or has acted.</summary>
    public Instant? ApprovalDueAt { get; private set; }

    public PersonId? DecidedBy { get; private set; }

    public Instant? DecidedAt { get; private set; }

    public string? DecisionReason { get; private set; }

    public Instant? CancelledAt { get; private set; }

    public string? CancelReason { get; private set; }

    public PersonId? CancelledBy { get; private set; }

    /// <summary>Given back by its holder later than the notice that the rules ask for.</summary>
    public bool CancelledLate { get; private set; }

    /// <summary>How much later, in minutes, a begun one counted; null where it was not.</summary>
    public int? MinutesLate { get; private set; }

    /// <summary>Whose booking covers the whole time that was given back late, which makes up for it.</summary>
    public BookingId? TakenOverBy { get; private set; }

    public Instant? TakenOverAt { get; private set; }

    /// <summary>Until when it only holds its time for somebody on the waiting list who has been asked; null once it is a booking.</summary>
    public Instant? OfferedUntil { get; private set; }

    /// <summary>What its holder is told as it is made; not kept.</summary>
    public IReadOnlyList<BookingCondition> Conditions { get; private set; } = [];

    public required PersonId CreatedBy { get; init; }

    public required Instant CreatedAt { get; init; }

    /// <summary>Grows with every change: the ETag.</summary>
    public int Version { get; private set; } = 1;

    public TimeSlot Slot => new(StartsAt, EndsAt);

    /// <summary>Whose rules hold for it.</summary>
    public RuleAudience Audience => new(UserClass, InstitutionId, GroupId is { } group ? [group] : []);

    /// <summary>What pays, its present hold counted as free.</summary>
    public BookingFunding Funding => new(FundId, UserClass, Id);

    public Money? Estimate => EstimateFen is { } fen ? new Money(fen, EstimateCurrency ?? Money.Cny) : null;

    /// <summary>Whether a person holds it or made it: nobody decides on what is their own.</summary>
    public bool IsOf(PersonId person) => person == PersonId || person == CreatedBy;

    /// <summary>Not a booking yet, and nobody's to decide on.</summary>
    public bool IsOffer => OfferedUntil is not null;

    public bool HoldsSlot => Holding.Contains(Status);

    /// <summary>A booking as it begins: requested where somebody must approve it, else confirmed.</summary>
    public Booking At(TimeSlot slot, TimeSlot held, short unit, BookingStatus status, long rulesVersion, string? overrideReason = null)
    {
        (StartsAt, EndsAt, Held, Unit, Status, RulesVersion) = (slot.StartsAt, slot.EndsAt, RangeOf(held), unit, status, rulesVersion);
        OverrideReason = overrideReason;
        if (status == BookingStatus.Requested) Ask([ApprovalRules.Owner], CreatedAt);
        return this;
    }

    /// <summary>Lets a request go through these steps, from the first.</summary>
    public Booking Ask(IReadOnlyList<ApprovalRule> steps, Instant now)
    {
        Show(ApprovalRules.Begin(steps, now));
        return this;
    }

    /// <summary>Makes it hold its time for somebody who waits, until they answer: nobody is asked to decide on it.</summary>
    public Booking Offer(Instant until)
    {
        OfferedUntil = until;
        Show([]);
        return this;
    }

    public Booking Priced(PricePolicyId? policy, Money? estimate)
    {
        (PricePolicyId, EstimateFen, EstimateCurrency) = (policy, estimate?.Fen, estimate?.Currency);
        return this;
    }

    /// <summary>Makes it a date of a series.</summary>
    public Booking Join(SeriesId? series)
    {
        SeriesId = series;
        return this;
    }

    /// <summary>Says whether it takes anything along.</summary>
    public Booking With(bool takesAlong)
    {
        TakesAlong = takesAlong;
        return this;
    }

    /// <summary>Adds what its holder is told.</summary>
    public Booking Tell(IReadOnlyList<BookingCondition> conditions)
    {
        Conditions = conditions;
        return this;
    }

    public Problem? Move(TimeSlot slot, TimeSlot held, short unit, long rulesVersion, string? overrideReason)
    {
        if (MainId is not null || Status is not (BookingStatus.Requested or BookingStatus.Confirmed)) return Refused();
        (StartsAt, EndsAt, Held, Unit, RulesVersion) = (slot.StartsAt, slot.EndsAt, RangeOf(held), unit, rulesVersion);
        OverrideReason = overrideReason ?? OverrideReason;
        Version++;
        return null;
    }

    /// <summary>Lets it end later; also while it is in use.</summary>
    public Problem? Extend(Instant endsAt, TimeSlot held, long rulesVersion)
    {
        if (MainId is not null || TakesAlong || Status is not (BookingStatus.Confirmed or BookingStatus.InUse)) return Refused();
        (EndsAt, Held, RulesVersion) = (endsAt, RangeOf(held), rulesVersion);
        Version++;
        return null;
    }

    /// <param name="minutesLate">By how much its holder came after the notice; null where nothing is held against them.</param>
    public Problem? Cancel(string? reason, Instant now, PersonId? by, int? minutesLate = null)
    {
        if (MainId is not null || Status is not (BookingStatus.Requested or BookingStatus.Confirmed)) return Refused();
        (CancelledAt, CancelReason, CancelledBy, CancelledLate, MinutesLate) = (now, reason, by, minutesLate is not null, minutesLate);
        return Become(BookingStatus.Cancelled);
    }

    /// <summary>Somebody else has the time after all. What becomes of their booking later changes nothing here.</summary>
    public void TakeOver(BookingId by, Instant now)
    {
        if (!CancelledLate || TakenOverBy is not null) throw new InvalidOperationException("Only what was given back late is taken over, and once.");
        (TakenOverBy, TakenOverAt) = (by, now);
        Version++;
    }

    /// <summary>What was held for somebody who waits becomes their booking, by the rules as they are now: its first version.</summary>
    public Problem? Accept(TimeSlot held, long rulesVersion, IReadOnlyList<ApprovalRule> steps, Instant now)
    {
        if (!IsOffer) return Refused();
        (OfferedUntil, Held, RulesVersion) = (null, RangeOf(held), rulesVersion);
        Status = steps.Count > 0 ? BookingStatus.Requested : BookingStatus.Confirmed;
        Ask(steps, now);
        return null;
    }

    /// <summary>Decides the present step of a request: rejects it, opens the next step, or confirms after the last.</summary>
    public Problem? Decide(ApprovalState state, ApprovalActor actor, string? reason, Instant now)
    {
        if (Status != BookingStatus.Requested) return Refused();
        Show(ApprovalRules.Decide(Approvals, state, actor, reason, now));
        if (ApprovalBy is not null) return Become(BookingStatus.Requested);
        (DecidedBy, DecidedAt, DecisionReason) = (actor.By, now, reason);
        return Become(state == ApprovalState.Rejected ? BookingStatus.Rejected : BookingStatus.Confirmed);
    }

    /// <summary>The deadline of the present step has acted and leaves it open.</summary>
    public void Reminded(Instant now)
    {
        Show(Approvals.Select(s => s.State == ApprovalState.Open ? s with { RemindedAt = now, DueAt = null } : s).ToList());
        Version++;
    }

    /// <summary>Nobody decided in time.</summary>
    public Problem? Expire() => Status == BookingStatus.Requested ? Become(BookingStatus.Expired) : Refused();

    /// <summary>The instrument is being used under this booking.</summary>
    public Problem? CheckIn() => MainId is null && Status == BookingStatus.Confirmed ? Become(BookingStatus.InUse) : Refused();

    /// <summary>Over, used or not: it holds its slot no longer.</summary>
    public Problem? Complete() => MainId is null && Status is BookingStatus.Confirmed or BookingStatus.InUse ? Become(BookingStatus.Completed) : Refused();

    public static NpgsqlRange<DateTime> RangeOf(TimeSlot slot) => new(slot.StartsAt.ToDateTimeUtc(), true, slot.EndsAt.ToDateTimeUtc(), false);

    private Problem? Become(BookingStatus status)
    {
        Status = status;
        if (status != BookingStatus.Requested) (ApprovalBy, ApprovalSince, ApprovalDueAt) = (null, null, null);
        Version++;
        return null;
    }

    private void Show(IReadOnlyList<ApprovalStep> steps)
    {
        Approvals = steps;
        var open = steps.FirstOrDefault(s => s.State == ApprovalState.Open);
        (ApprovalBy, ApprovalSince, ApprovalDueAt) = (open?.By, open?.OpenedAt, open?.DueAt);
    }

    private Problem Refused() => MainId is { } main ? Problem.Refused("booking.companion", null, ("link", $"/bookings/{main.Value}")) : Problem.Refused("booking.state", "status", ("status", Status));
}
