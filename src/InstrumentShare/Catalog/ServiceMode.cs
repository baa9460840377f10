namespace InstrumentShare.Catalog;

/// <summary>Who works the instrument: 占用共享, 技术共享, 委托共享, 远程共享, 其他.</summary>
public enum ServiceMode
{
    SelfOperated,
    Assisted,
    Entrusted,
    Remote,
    Other,
}
