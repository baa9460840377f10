using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Billing.Disputes;

/// <summary>What a charge's page shows of its review.</summary>
public sealed record ReviewView(ChargeReview Review, DateTimeZone Zone, string? Reason, IReadOnlyList<Problem> Problems);
