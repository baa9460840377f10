namespace InstrumentShare.Demo;

/// <summary>The accounts of the demo region that its sign-in page offers, in the order shown. They exist on a demo only.</summary>
public static class DemoAccounts
{
    public const string Password = "Demo-2026!share";

    /// <summary>Address, and the last part of the words that say whose it is: <c>sign-in.demo.&lt;key&gt;</c>.</summary>
    public static IReadOnlyList<(string Email, string Key)> All { get; } =
    [
        ("researcher@demo.example", "researcher"),
        ("researcher2@demo.example", "researcher2"),
        ("company@demo.example", "company"),
        ("leader@demo.example", "leader"),
        ("technician@demo.example", "technician"),
        ("manager@demo.example", "manager"),
        ("institution@demo.example", "institution"),
        ("officer@demo.example", "officer"),
        ("auditor@demo.example", "auditor"),
        ("admin@demo.example", "admin"),
    ];

    /// <summary>The PIN of those with a card, at tablets beside instruments.</summary>
    public const string Pin = "582046";

    /// <summary>Numbers of cards at the home institution, by account.</summary>
    public static IReadOnlyList<(string Account, string Number)> Badges { get; } = [("researcher", "20260001"), ("leader", "20260002"), ("technician", "20260003")];

    // Identity's hash of the password with a fixed salt: one made at each load would differ, and the data with it.
    internal const string PasswordHash = "AQAAAAIAAYagAAAAEPAgqKsTn5OmeJdIyaAO1T9ojBzC/ixKocE41yow244b9ULa+Tw7g5jXhFJ+ppXtVw==";
}
