namespace InstrumentShare.Notifications;

/// <summary>How mail leaves. Without a host it is written to files.</summary>
public sealed class MailOptions
{
    public const string Section = "Mail";

    /// <summary>The SMTP server. Empty: mail is written as .eml files instead of being sent.</summary>
    public string Host { get; set; } = string.Empty;

    /// <summary>587 is submission with STARTTLS. Implicit TLS (465) needs the build with MailKit: the platform's client has none.</summary>
    public int Port { get; set; } = 587;

    /// <summary>Whether the connection is encrypted by STARTTLS before sign-in. Off only for a server on this machine.</summary>
    public bool UseStartTls { get; set; } = true;

    /// <summary>Name to sign in with. Empty: no sign-in.</summary>
    public string User { get; set; } = string.Empty;

    public string Password { get; set; } = string.Empty;

    /// <summary>The sender, with or without a name.</summary>
    public string From { get; set; } = "InstrumentShare <no-reply@instrumentshare.example>";

    /// <summary>How long one message may take before the attempt counts as failed.</summary>
    public int TimeoutSeconds { get; set; } = 20;

    /// <summary>Folder for .eml files. Empty: <c>mail</c> in the data folder.</summary>
    public string Folder { get; set; } = string.Empty;
}
