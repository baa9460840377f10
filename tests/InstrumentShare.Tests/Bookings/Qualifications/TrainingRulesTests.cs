using InstrumentShare.Bookings.Qualifications;
using InstrumentShare.Tests.Support;
using NodaTime;

namespace InstrumentShare.Tests.Bookings.Qualifications;

public sealed class TrainingRulesTests
{
    private static readonly Instant Start = FixedClock.Start + Duration.FromDays(3);
    private static readonly Duration Moment = Duration.FromSeconds(1);

    [Fact]
    public void Seats_are_taken_until_the_deadline_and_by_the_lab_after_it()
    {
        var session = Session();
        TrainingRules.SignUp(session, isIn: false, byLab: false, session.SignUpUntil).ShouldBeNull();
        TrainingRules.SignUp(session, isIn: false, byLab: false, session.SignUpUntil + Moment)!.Code.ShouldBe("training.closed");
        TrainingRules.SignUp(session, isIn: false, byLab: true, session.SignUpUntil + Moment).ShouldBeNull();
        TrainingRules.SignUp(session, isIn: true, byLab: true, FixedClock.Start)!.Code.ShouldBe("training.already");
    }

    [Fact]
    public void The_last_seat_is_the_last_for_everybody()
    {
        var session = Session();
        session.TakeSeat();
        TrainingRules.SignUp(session, isIn: false, byLab: false, FixedClock.Start).ShouldBeNull();
        session.TakeSeat();
        TrainingRules.SignUp(session, isIn: false, byLab: true, FixedClock.Start)!.Code.ShouldBe("training.full");
    }

    [Fact]
    public void A_seat_is_given_back_until_the_deadline_and_never_once_a_result_stands()
    {
        var session = Session();
        TrainingRules.Leave(session, isIn: true, hasResult: false, byLab: false, session.LeaveUntil).ShouldBeNull();
        TrainingRules.Leave(session, isIn: true, hasResult: false, byLab: false, session.LeaveUntil + Moment)!.Code.ShouldBe("training.leave-closed");
        TrainingRules.Leave(session, isIn: true, hasResult: false, byLab: true, session.LeaveUntil + Moment).ShouldBeNull();
        TrainingRules.Leave(session, isIn: true, hasResult: true, byLab: true, session.LeaveUntil)!.Code.ShouldBe("training.not-attending");
        TrainingRules.Leave(session, isIn: false, hasResult: false, byLab: false, session.LeaveUntil)!.Code.ShouldBe("training.not-attending");
    }

    [Fact]
    public void Results_are_written_from_the_start_on_and_not_of_a_training_called_off()
    {
        var session = Session();
        TrainingRules.Results(session, Start - Moment)!.Code.ShouldBe("training.not-begun");
        TrainingRules.Results(session, Start).ShouldBeNull();
        session.Cancel("停电", FixedClock.Start);
        TrainingRules.Results(session, Start)!.Code.ShouldBe("training.cancelled");
        TrainingRules.SignUp(session, isIn: false, byLab: true, FixedClock.Start)!.Code.ShouldBe("training.cancelled");
    }

    [Theory]
    [InlineData(0, "training.seats")]
    [InlineData(1, "training.seats-taken")]
    [InlineData(2, null)]
    [InlineData(500, null)]
    [InlineData(501, "training.seats")]
    public void Seats_are_from_1_to_500_and_no_fewer_than_are_taken(int seats, string? code) =>
        TrainingRules.CheckTerms("101", null, seats, 2, Start, Start, Start).Select(p => p.Code).SingleOrDefault().ShouldBe(code);

    [Fact]
    public void Deadlines_are_not_after_the_start()
    {
        TrainingRules.CheckTerms("101", null, 5, 0, Start, Start, Start).ShouldBeEmpty();
        TrainingRules.CheckTerms("101", null, 5, 0, Start + Moment, Start + Moment, Start).Select(p => p.Field).ShouldBe(["signUpUntil", "leaveUntil"]);
    }

    [Fact]
    public void Seats_may_be_given_back_until_a_day_before_or_until_the_start_where_that_has_passed()
    {
        TrainingRules.DefaultLeaveUntil(Start, FixedClock.Start).ShouldBe(Start - Duration.FromDays(1));
        TrainingRules.DefaultLeaveUntil(Start, Start - Duration.FromHours(23)).ShouldBe(Start);
    }

    private static TrainingSession Session() => new()
    {
        QualificationId = default, TrainerId = default, Level = QualificationLevel.Independent, StartsAt = Start, EndsAt = Start + Duration.FromHours(2), Place = "101", Seats = 2,
        SignUpUntil = Start - Duration.FromHours(1), LeaveUntil = Start - Duration.FromDays(1), CreatedBy = default, CreatedAt = default,
    };
}
