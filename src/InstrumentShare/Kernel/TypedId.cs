namespace InstrumentShare.Kernel;

/// <summary>An id that knows what it identifies. Values are version-7 GUIDs, so that they sort by time of creation.</summary>
public interface ITypedId<TSelf> where TSelf : struct, ITypedId<TSelf>
{
    Guid Value { get; }

    static abstract TSelf From(Guid value);

    static virtual TSelf New() => TSelf.From(Guid.CreateVersion7());
}
