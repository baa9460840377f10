using InstrumentShare.Subsidies.Language;
using NodaTime;

namespace InstrumentShare.Subsidies.Engine;

/// <summary>Decides why something does not count. Prepared once per instrument and user, so that a service costs a few bit operations.</summary>
public sealed class CountingRules
{
    private readonly SubsidyPolicy _policy;
    private readonly Facts _facts;
    private readonly AccrualWindow _window;
    private readonly Reasons[] _ofInstrument;
    private readonly Tag[] _ofInstitution;
    private readonly UserStanding[] _ofUser;
    private readonly Tag _excluding;

    public CountingRules(SubsidyPolicy policy, Facts facts, AccrualWindow window)
    {
        (_policy, _facts, _window, _excluding) = (policy, facts, window, policy.ExcludingTags);
        _ofInstrument = [.. facts.Instruments.Select(OfInstrument)];
        _ofInstitution = [.. facts.Institutions.Select(i => i.Tags & _excluding)];
        _ofUser = [.. facts.Users.Select(OfUser)];
    }

    /// <summary>The day that decides window, enrolment and year; null when the service has none.</summary>
    public static LocalDate? AccrualDay(SubsidyPolicy policy, in ServiceFact service) =>
        policy.Accrual == AccrualBasis.ServedOn ? service.ServedOn : service.InvoicedOn;

    /// <summary>Why a service counts for neither side.</summary>
    public Reasons OfService(in ServiceFact service)
    {
        var user = _ofUser[service.User];
        var reasons = (Reasons)(int)((service.Tags & _excluding) | _ofInstitution[service.Institution] | user.Excluding)
            | _ofInstrument[service.Instrument] | user.Reasons;
        var day = AccrualDay(_policy, service);
        if (day is null || !_window.Contains(day.Value)) reasons |= Reasons.OutsideWindow;
        if (day is { } d && d < _facts.Instruments[service.Instrument].EnrolledOn) reasons |= Reasons.NotEnrolled;
        return reasons;
    }

    /// <summary>Why a service that counts still pays nothing under one item.</summary>
    public Reasons OfItem(int item, int user) => (_ofUser[user].NotForItems & (1L << item)) == 0 ? Reasons.None : Reasons.NotEligible;

    /// <summary>Why an instrument that is paid by itself does not count.</summary>
    public Reasons OfInstrument(int instrument)
    {
        var fact = _facts.Instruments[instrument];
        var reasons = _ofInstrument[instrument];
        if (fact.EnrolledOn > _window.To) reasons |= Reasons.NotEnrolled;
        if (_policy.OneOff is not null && fact.AlreadyPaid) reasons |= (Reasons)(int)Tag.AlreadyFunded;
        return reasons;
    }

    private Reasons OfInstrument(InstrumentFact fact)
    {
        var reasons = Reasons.None;
        foreach (var threshold in _policy.Counting.Thresholds)
            if (threshold.Concerns(fact.IsSet) && fact.ValueFen < threshold.Minimum.Value) reasons |= Reasons.BelowThreshold;
        if (_policy.Counting.Funding is { } need && fact.Funding != need.Funding) reasons |= Reasons.WrongFunding;
        return reasons;
    }

    private UserStanding OfUser(UserFact fact)
    {
        var reasons = _policy.Counting.Users?.IsMetBy(fact.Kind, fact.Region) == false ? Reasons.NotEligible : Reasons.None;
        var not = 0L;
        for (var i = 0; i < _policy.Items.Count; i++)
            if (_policy.Items[i].Users?.IsMetBy(fact.Kind, fact.Region) == false) not |= 1L << i;
        return new UserStanding(reasons, fact.Tags & _excluding, not);
    }

    private readonly record struct UserStanding(Reasons Reasons, Tag Excluding, long NotForItems);
}
