namespace InstrumentShare.Catalog;

/// <summary>所属资源载体: what larger resource the instrument is part of.</summary>
public enum BelongsTo
{
    None,
    Center,
    Facility,
    StateKeyLaboratory,
    EngineeringCenter,
    GermplasmBank,
}

/// <summary>仪器设备来源.</summary>
public enum InstrumentSource
{
    Purchased,
    Developed,
    Donated,
    Other,
}

/// <summary>仪器设备类别: 通用 or 专用.</summary>
public enum InstrumentKind
{
    General,
    Special,
}

/// <summary>Whether public money paid for it; subsidies ask for this.</summary>
public enum Funding
{
    Public,
    Private,
}

/// <summary>主要购置经费来源; an instrument may have several.</summary>
public enum FundSource
{
    CentralBudget,
    LocalBudget,
    OwnFunds,
    OtherFunds,
}

/// <summary>共享模式: 外部共享, 内部共享 (the owning institution only), 不共享.</summary>
public enum Sharing
{
    External,
    Internal,
    None,
}

/// <summary>运行状态.</summary>
public enum InstrumentStatus
{
    Normal,
    OccasionalFault,
    FrequentFault,
    AwaitingRepair,
    ToBeScrapped,
}
