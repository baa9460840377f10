using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Usage;
using InstrumentShare.Usage.Chain;
using NodaTime;

namespace InstrumentShare.Tests.Usage.Chain;

public sealed class ChainRulesTests
{
    private static readonly Instant Now = Instant.FromUtc(2026, 3, 5, 6, 0);
    private static readonly InstrumentId Instrument = new(Guid.CreateVersion7());

    [Fact]
    public void A_digest_is_of_every_field_but_whether_the_record_is_current()
    {
        var record = Record();
        var digest = ChainRules.DigestOf(record);
        record.Supersede();
        ChainRules.DigestOf(record).ShouldBe(digest);
        UsageRecord[] others =
        [
            Record(samples: 3), Record(feedback: "x"), Record(minutes: 61), Record(closedAt: Now + Duration.FromMilliseconds(1)), Record(purpose: "y"), Record(reason: "z"), Record(unit: 2), Record(mode: ServiceMode.Assisted),
            Record(problem: UsageProblem.TakenOver), Record(booking: new BookingId(Guid.CreateVersion7())), Record(person: Guid.CreateVersion7()), Record(group: Guid.CreateVersion7()), Record(enteredBy: Guid.CreateVersion7()),
        ];
        foreach (var other in others) ChainRules.DigestOf(other).ShouldNotBe(digest);
    }

    [Fact]
    public void An_instant_is_digested_as_the_database_keeps_it()
    {
        ChainRules.DigestOf(Record(closedAt: Now + Duration.FromTicks(7))).ShouldBe(ChainRules.DigestOf(Record()));
        ChainRules.DigestOf(Record(closedAt: Now + Duration.FromTicks(10))).ShouldNotBe(ChainRules.DigestOf(Record()));
    }

    [Fact]
    public void A_link_follows_from_the_one_before()
    {
        var (first, second) = (Record(), Record(samples: 2));
        var links = ChainRules.Of([first, second], _ => Now).ToList();
        links.Select(l => l.Number).ShouldBe([1, 2]);
        links[0].Hash.ShouldBe(ChainRules.HashOf(new byte[32], 1, ChainRules.DigestOf(first)));
        ChainRules.Judge(links[0], null, first).ShouldBeNull();
        ChainRules.Judge(links[1], links[0].Hash, second).ShouldBeNull();
        ChainRules.Judge(links[1], links[0].Hash, first)!.Kind.ShouldBe(BreakKind.RecordChanged);
        ChainRules.Judge(links[1], links[0].Hash, null)!.Kind.ShouldBe(BreakKind.RecordChanged);
        ChainRules.Judge(links[1], null, second)!.ShouldBe(new ChainBreak(BreakKind.LinkMissing, Instrument, 1));
        ChainRules.Judge(links[1], links[1].Hash, second)!.Kind.ShouldBe(BreakKind.LinkChanged);
    }

    [Fact]
    public void A_seal_holds_for_its_heads_in_any_order_and_for_no_others()
    {
        var day = new LocalDate(2026, 3, 5);
        var heads = Enumerable.Range(1, 5).Select(i => new UsageSealHead { SealedOn = day, InstrumentId = new InstrumentId(Guid.CreateVersion7()), Number = i, Hash = ChainRules.HashOf(new byte[32], i, new byte[32]) }).ToList();
        var seal = ChainRules.Seal(null, day, Now, heads, 9);
        ChainRules.Holds(seal, null, [.. heads.AsEnumerable().Reverse()]).ShouldBeTrue();
        ChainRules.Holds(seal, seal.Hash, heads).ShouldBeFalse();
        ChainRules.Holds(seal, null, [.. heads.Skip(1)]).ShouldBeFalse();
    }

    private static readonly Guid Someone = Guid.CreateVersion7();
    private static readonly UsageId Id = UsageId.From(Guid.CreateVersion7());

    private static UsageRecord Record(
        int samples = 1, string feedback = "", int minutes = 60, Instant? closedAt = null, string purpose = "", string? reason = null, short unit = 1, ServiceMode mode = ServiceMode.SelfOperated,
        UsageProblem? problem = null, BookingId? booking = null, Guid? person = null, Guid? group = null, Guid? enteredBy = null) => new UsageRecord
        {
            Id = Id, InstrumentId = Instrument, PersonId = new PersonId(person ?? Someone), GroupId = group is { } g ? new GroupId(g) : null, BookingId = booking, ServiceMode = mode, Purpose = purpose, Reason = reason, Unit = unit,
            Source = UsageSource.Manual, StartedAt = Now, EnteredBy = new PersonId(enteredBy ?? Someone), CreatedAt = Now,
        }.Close(Now + Duration.FromMinutes(minutes), samples, feedback, closedAt ?? Now, problem);
}
