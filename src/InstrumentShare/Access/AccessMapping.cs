using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace InstrumentShare.Access;

public sealed class AccessMapping : IEntityTypeConfiguration<Person>, IEntityTypeConfiguration<Institution>, IEntityTypeConfiguration<Group>,
    IEntityTypeConfiguration<Membership>, IEntityTypeConfiguration<RoleGrant>, IEntityTypeConfiguration<ApiKey>,
    IEntityTypeConfiguration<IdentityUserClaim<Guid>>, IEntityTypeConfiguration<IdentityUserLogin<Guid>>, IEntityTypeConfiguration<IdentityUserToken<Guid>>
{
    public void Configure(EntityTypeBuilder<Person> builder)
    {
        builder.ToTable("people").HasKey(x => x.Id);
        builder.Property(x => x.ConcurrencyStamp).IsConcurrencyToken();
    }

    public void Configure(EntityTypeBuilder<Institution> builder) => builder.ToTable("institutions").HasKey(x => x.Id);

    public void Configure(EntityTypeBuilder<Group> builder) => builder.ToTable("groups").HasKey(x => x.Id);

    public void Configure(EntityTypeBuilder<Membership> builder) => builder.ToTable("memberships").HasKey(x => x.Id);

    public void Configure(EntityTypeBuilder<RoleGrant> builder) => builder.ToTable("role_grants").HasKey(x => x.Id);

    public void Configure(EntityTypeBuilder<ApiKey> builder) => builder.ToTable("api_keys").HasKey(x => x.Id);

    public void Configure(EntityTypeBuilder<IdentityUserClaim<Guid>> builder) => builder.ToTable("person_claims").HasKey(x => x.Id);

    public void Configure(EntityTypeBuilder<IdentityUserLogin<Guid>> builder) => builder.ToTable("person_logins").HasKey(x => new { x.LoginProvider, x.ProviderKey });

    public void Configure(EntityTypeBuilder<IdentityUserToken<Guid>> builder) => builder.ToTable("person_tokens").HasKey(x => new { x.UserId, x.LoginProvider, x.Name });
}
