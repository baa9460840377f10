namespace InstrumentShare.Orders;

public enum OrderStatus
{
    Draft,
    Submitted,
    Quoted,
    Accepted,
    Received,
    Performing,
    Delivered,
    Closed,

    /// <summary>The lab will not do it.</summary>
    Declined,

    /// <summary>The customer took it back before a price was agreed.</summary>
    Withdrawn,

    /// <summary>Ended after a price was agreed, before delivery.</summary>
    Cancelled,
}

/// <summary>For whom it is ordered, and so who pays.</summary>
public enum OrderCustomer
{
    Person,
    Group,
    Institution,
}

public enum SampleForm
{
    Solid,
    Powder,
    Film,
    Liquid,
    Gas,
    Biological,
    Other,
}

public enum SampleHazard
{
    Toxic,
    Corrosive,
    Flammable,
    Oxidising,
    Explosive,
    Radioactive,
    Biohazard,
    Magnetic,
    AirSensitive,
}
