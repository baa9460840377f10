using InstrumentShare.Catalog;
using InstrumentShare.Catalog.Groups;
using NodaTime;

namespace InstrumentShare.Demo;

/// <summary>Instruments of one class in one institution as a group, where there are at least three of them.</summary>
internal sealed record DemoInstrumentGroup(InstrumentGroup Entity, IReadOnlyList<DemoInstrument> Instruments)
{
    public IEnumerable<InstrumentGroupMember> Members => Instruments.Select(i => new InstrumentGroupMember { InstrumentId = i.Entity.Id, GroupId = Entity.Id, InstitutionId = Entity.InstitutionId });
}

internal static class DemoInstrumentGroups
{
    private const int Smallest = 3;

    public static List<DemoInstrumentGroup> Make(DemoRandom random, IReadOnlyList<DemoInstrument> instruments, Instant founded) =>
    [
        .. from instrument in instruments
           group instrument by (instrument.Owner, Class: ClassificationTree.National.PathTo(instrument.Entity.Classification)[^2]) into same
           where same.Count() >= Smallest
           select new DemoInstrumentGroup(
               new InstrumentGroup
               {
                   Id = new InstrumentGroupId(random.Id(founded)), InstitutionId = same.Key.Owner.Entity.Id, Name = same.Key.Class.Name, NameEn = same.Key.Class.NameEn, CreatedAt = founded,
               },
               [.. same]),
    ];
}
