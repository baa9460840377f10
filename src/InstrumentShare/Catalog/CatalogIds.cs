using InstrumentShare.Kernel;

namespace InstrumentShare.Catalog;

public readonly record struct InstrumentId(Guid Value) : ITypedId<InstrumentId>
{
    public static InstrumentId From(Guid value) => new(value);
}

public readonly record struct ClosureId(Guid Value) : ITypedId<ClosureId>
{
    public static ClosureId From(Guid value) => new(value);
}

public readonly record struct BookingRuleSetId(Guid Value) : ITypedId<BookingRuleSetId>
{
    public static BookingRuleSetId From(Guid value) => new(value);
}

public readonly record struct InstrumentGroupId(Guid Value) : ITypedId<InstrumentGroupId>
{
    public static InstrumentGroupId From(Guid value) => new(value);
}
