using InstrumentShare.Kernel;

namespace InstrumentShare.Orders;

public readonly record struct OrderId(Guid Value) : ITypedId<OrderId>
{
    public static OrderId From(Guid value) => new(value);
}

public readonly record struct OrderLineId(Guid Value) : ITypedId<OrderLineId>
{
    public static OrderLineId From(Guid value) => new(value);
}

public readonly record struct QuoteId(Guid Value) : ITypedId<QuoteId>
{
    public static QuoteId From(Guid value) => new(value);
}

public readonly record struct TestItemId(Guid Value) : ITypedId<TestItemId>
{
    public static TestItemId From(Guid value) => new(value);
}
