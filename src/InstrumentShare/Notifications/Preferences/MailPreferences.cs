using InstrumentShare.Access;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstrumentShare.Notifications.Preferences;

/// <summary>When mail of a kind reaches a person.</summary>
public enum MailDelivery
{
    AtOnce,
    Digest,
    Off,
}

/// <summary>How one person wants their mail. Who has chosen nothing has the defaults of <see cref="For"/>.</summary>
public sealed class MailPreferences
{
    public required PersonId PersonId { get; init; }

    /// <summary>The zone of quiet hours and digest.</summary>
    public required string TimeZone { get; set; }

    /// <summary>Minutes of the day; both null without quiet hours. They may pass midnight.</summary>
    public short? QuietFromMinute { get; set; }

    public short? QuietToMinute { get; set; }

    /// <summary>When the daily digest leaves, as a minute of the day.</summary>
    public short DigestMinute { get; set; } = 8 * 60;

    /// <summary>How many hours before a booking its reminder comes.</summary>
    public short ReminderHours { get; set; } = MailPreferenceRules.DefaultReminderHours;

    /// <summary>The kinds that do not come at once.</summary>
    public Dictionary<string, MailDelivery> Choices { get; set; } = [];

    /// <summary>Grows with every change: the ETag. 0 before the first.</summary>
    public int Version { get; set; }

    public static MailPreferences For(PersonId person) => new() { PersonId = person, TimeZone = Web.Words.DefaultZone.Id };

    public MailDelivery Of(string kind) => Choices.GetValueOrDefault(kind, MailDelivery.AtOnce);
}

public sealed class MailPreferencesMapping : IEntityTypeConfiguration<MailPreferences>
{
    public void Configure(EntityTypeBuilder<MailPreferences> builder)
    {
        builder.ToTable("mail_preferences").HasKey(x => x.PersonId);
        builder.Property(x => x.Choices).HasJson();
        builder.Property(x => x.Version).IsConcurrencyToken();
    }
}
