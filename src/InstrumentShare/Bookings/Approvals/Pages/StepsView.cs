using NodaTime;

namespace InstrumentShare.Bookings.Approvals.Pages;

public sealed record StepsView(IReadOnlyList<ApprovalStep> Steps, DateTimeZone Zone);
