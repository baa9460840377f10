namespace InstrumentShare.Notifications.Preferences;

/// <summary>Every kind of mail that people may arrange, in the order the modules name them.</summary>
public sealed class MailKinds(IEnumerable<MailKind> kinds)
{
    public IReadOnlyList<MailKind> All { get; } = kinds.ToList();

    /// <summary>Null for mail that always leaves at once, such as that about one's own account.</summary>
    public MailKind? Find(string name) => All.FirstOrDefault(k => k.Name == name);
}
