using InstrumentShare.Kernel;

namespace InstrumentShare.Integrity;

public readonly record struct CreditEntryId(Guid Value) : ITypedId<CreditEntryId>
{
    public static CreditEntryId From(Guid value) => new(value);
}

public readonly record struct CreditAppealId(Guid Value) : ITypedId<CreditAppealId>
{
    public static CreditAppealId From(Guid value) => new(value);
}
