using System.Text.Json.Serialization;
using InstrumentShare.Access;
using InstrumentShare.Catalog.Search;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using NodaTime;

namespace InstrumentShare.Catalog;

public sealed record ClassificationAnswer(string Code, string Name);

public sealed record InstitutionAnswer(InstitutionId Id, string Name);

/// <summary>An instrument in the API's list.</summary>
public sealed record InstrumentItemAnswer(
    InstrumentId Id, string Name, string NameEn, string Model, string Manufacturer, ClassificationAnswer Classification, InstitutionAnswer Institution,
    Money OriginalValue, Sharing Sharing, InstrumentStatus Status, string Location)
{
    public static InstrumentItemAnswer Of(InstrumentListItem i, Words words) => new(
        i.Id, i.Name, i.NameEn, i.Model, i.Manufacturer, ClassOf(i.Classification, words), new InstitutionAnswer(i.InstitutionId, words.Name(i.InstitutionName, i.InstitutionNameEn)),
        i.OriginalValue, i.Sharing, i.Status, LocationOf(i.Region, i.Street, words));

    public static ClassificationAnswer ClassOf(string code, Words words)
    {
        var entry = ClassificationTree.National.Find(code);
        return new ClassificationAnswer(code, entry is null ? code : words.Name(entry.Name, entry.NameEn));
    }

    /// <summary>Street within region as people there write it.</summary>
    public static string LocationOf(Region region, string street, Words words)
    {
        var place = RegionCatalog.Instance.FullName(region, words.IsChinese);
        return street.Length == 0 ? place : words.IsChinese ? place + street : $"{street}, {place}";
    }
}

public sealed record OpeningHoursAnswer(int Weekday, string Opens, string Closes, LocalDate ValidFrom, LocalDate? ValidTo)
{
    public static OpeningHoursAnswer Of(OpeningHours h) => new(h.Weekday, OpeningHoursRules.Clock(h.OpensMinute), OpeningHoursRules.Clock(h.ClosesMinute), h.ValidFrom, h.ValidTo);
}

public sealed record ClosureAnswer(ClosureId Id, ClosureKind Kind, Instant StartsAt, Instant EndsAt, string Title, Instant? CancelledAt)
{
    public static ClosureAnswer Of(Closure c) => new(c.Id, c.Kind, c.StartsAt, c.EndsAt, c.Title, c.CancelledAt);
}

public sealed record AddedClosureAnswer(ClosureId Id, ClosureKind Kind, Instant StartsAt, Instant EndsAt, string Title, IReadOnlyList<StandingBooking> StandingBookings);

/// <summary>A set of booking rules; what it does not say is absent.</summary>
public sealed record BookingRulesAnswer(
    BookingRuleSetId Id, InstrumentId? InstrumentId, InstrumentGroupId? InstrumentGroupId, InstitutionId? InstitutionId, Region? Region,
    UserClass? UserClass, InstitutionId? UserInstitutionId, GroupId? UserGroupId, LocalDate ValidFrom, LocalDate? ValidTo,
    int? MinMinutes, int? MaxMinutes, int? GranularityMinutes, IReadOnlyList<DailySpan>? BlockSlots, int? LeadMinutes, int? HorizonDays, int? ChangeLeadMinutes, int? CancelLeadMinutes, bool? LateCancel,
    int? SetupMinutes, int? CoolingMinutes, int? PersonDayMinutes, int? PersonWeekMinutes, IReadOnlyList<BookingLimit>? Limits, int? GapMinutes, bool? OneAtATime, bool? MembershipRequired,
    bool? OffHours, bool? ClosedOnHolidays, int? MakeUpWeekday, IReadOnlyList<ExemptTime>? ExemptTimes, int? OutsideSharePercent, int? OutsideReleaseHours, int? FeedbackDays, bool? ApprovalRequired,
    IReadOnlyList<ApprovalRule>? Approvals, IReadOnlyList<string>? Strict, string? Reason)
{
    public static BookingRulesAnswer Of(BookingRuleSet r) => new(
        r.Id, r.InstrumentId, r.InstrumentGroupId, r.InstitutionId, r.Region, r.UserClass, r.UserInstitutionId, r.UserGroupId, r.ValidFrom, r.ValidTo,
        r.MinMinutes, r.MaxMinutes, r.GranularityMinutes, r.BlockSlots, r.LeadMinutes, r.HorizonDays, r.ChangeLeadMinutes, r.CancelLeadMinutes, r.LateCancel,
        r.SetupMinutes, r.CoolingMinutes, r.PersonDayMinutes, r.PersonWeekMinutes, r.Limits, r.GapMinutes, r.OneAtATime, r.MembershipRequired,
        r.OffHours, r.ClosedOnHolidays, r.MakeUpWeekday, r.ExemptTimes, r.OutsideSharePercent, r.OutsideReleaseHours, r.FeedbackDays, r.ApprovalRequired, r.Approvals, r.Strict, r.Reason);
}

/// <summary>The whole record. Fields of the national record keep its meaning; <see cref="More"/> holds what higher modules add.</summary>
public sealed record InstrumentAnswer(
    InstrumentId Id, InstitutionAnswer Institution, string InnerId, string Name, string NameEn, string Model, string Manufacturer, ClassificationAnswer Classification,
    BelongsTo BelongsTo, string BelongsToName, Region Region, string Street, string Location, Money OriginalValue, bool IsSet, Funding Funding, IReadOnlyList<string> Funds,
    InstrumentSource Source, InstrumentKind Kind, IReadOnlyList<string> Subjects, string Nation, string? RunHours, string? ServiceHours, LocalDate? AcceptedOn, LocalDate? EnrolledOn, LocalDate? BeginOn,
    string Technical, string Function, string Requirement, string Fee, string ServiceContent, string ServiceUrl, bool CustomsSupervised, string InsideDepart,
    string Contact, string Phone, string Email, string Address, string PostalCode, Sharing Sharing, InstrumentStatus Status, bool IsVisible, bool TakesBookings,
    int Capacity, string TimeZone, long Version, IReadOnlyList<OpeningHoursAnswer> OpeningHours, IReadOnlyList<ClosureAnswer> Closures,
    IReadOnlyList<BookingRulesAnswer> BookingRules, string BookingUrl)
{
    [JsonExtensionData]
    public Dictionary<string, object?> More { get; init; } = [];

    public static InstrumentAnswer Of(InstrumentDetail detail, Words words, string bookingUrl)
    {
        var i = detail.Instrument;
        return new InstrumentAnswer(
            i.Id, new InstitutionAnswer(i.InstitutionId, words.Name(detail.InstitutionName, detail.InstitutionNameEn)), i.InnerId, i.Name, i.NameEn, i.Model, i.Manufacturer,
            InstrumentItemAnswer.ClassOf(i.Classification, words), i.BelongsTo, i.BelongsToName, i.Region, i.Street, InstrumentItemAnswer.LocationOf(i.Region, i.Street, words),
            i.OriginalValue, i.IsSet, i.Funding, i.Funds, i.Source, i.Kind, i.Subjects, i.Nation, InstrumentInput.Hours(i.RunHours), InstrumentInput.Hours(i.ServiceHours), i.AcceptedOn, i.EnrolledOn, i.BeginOn, i.Technical, i.Function,
            i.Requirement, i.Fee, i.ServiceContent, i.ServiceUrl, i.CustomsSupervised, i.InsideDepart, i.Contact, i.Phone, i.Email, i.Address, i.PostalCode, i.Sharing,
            i.Status, i.IsVisible, i.TakesBookings, i.Capacity, i.TimeZone, i.Version, detail.OpeningHours.Select(OpeningHoursAnswer.Of).ToList(),
            detail.Closures.Select(ClosureAnswer.Of).ToList(), detail.BookingRules.Select(BookingRulesAnswer.Of).ToList(), bookingUrl);
    }
}
