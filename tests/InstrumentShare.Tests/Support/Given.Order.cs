using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Orders.Items;

namespace InstrumentShare.Tests.Support;

public sealed partial class Given
{
    /// <summary>Something that a lab does on samples: half an hour each, on the instrument or, without one, of the institution.</summary>
    public Task<TestItem> TestItemAsync(Institution institution, Instrument? instrument = null, int minutes = 30, bool isActive = true)
    {
        var number = Next();
        return SaveAsync(new TestItem
        {
            InstitutionId = institution.Id, InstrumentId = instrument?.Id, Name = $"形貌{number}", NameEn = $"Morphology {number}", MinutesPerSample = minutes, IsActive = isActive, CreatedAt = Now,
        });
    }
}
