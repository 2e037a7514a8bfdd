//! The services, called by the SDK with the environment of a function.

use std::collections::HashMap;

use aws_credential_types::Credentials;
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::{Region, SharedCredentialsProvider};
use aws_sdk_secretsmanager::error::ProvideErrorMetadata;
use shared::runtime::app::sdk_config;

use super::*;
use crate::folder::tests::Scratch;

async fn start(data: &Data) -> Cloud {
    let options = Options { aws_port: 0, address: LOOPBACK, env_file: None };
    Cloud::start(0, data, &options).await.unwrap_or_else(|problem| panic!("{problem}"))
}

async fn client(environment: &HashMap<&'static str, String>) -> Client {
    let config = sdk_config(Some(environment["AWS_ENDPOINT_URL_SECRETS_MANAGER"].clone())).await.into_builder();
    let credentials = SharedCredentialsProvider::new(Credentials::new("local", "local", None, None, "local"));
    Client::new(&config.region(Region::from_static("local")).credentials_provider(credentials).build())
}

/// The secrets that the three variables name.
async fn secrets_of(cloud: &Cloud) -> Vec<String> {
    let environment = cloud.environment().into_iter().collect();
    let (client, mut secrets) = (client(&environment).await, Vec::new());
    for name in ["SIGNING_SECRET", "PEPPER_SECRET", "LETTER_SECRET"] {
        let answer = client.get_secret_value().secret_id(&environment[name]).send().await.expect("it is there");
        assert_eq!(answer.name(), Some(environment[name].as_str()));
        secrets.push(answer.secret_string().expect("it is text").to_owned());
    }
    secrets
}

#[tokio::test]
async fn secrets_manager_has_the_secrets_of_the_data_folder() {
    let scratch = Scratch::new();
    let data = Data::Folder(scratch.0.clone());
    let cloud = start(&data).await;
    let secrets = secrets_of(&cloud).await;
    assert_eq!(secrets, secrets::texts(&data).expect("they are kept"));
    assert!(secrets[0] != secrets[1] && secrets[1] != secrets[2]);
    cloud.stop().await;
}

#[tokio::test]
async fn a_secret_of_another_name_is_not_found() {
    let cloud = start(&Data::Memory).await;
    let client = client(&cloud.environment().into_iter().collect()).await;
    let refused = client.get_secret_value().secret_id("carrel").send().await.expect_err("it does not exist");
    assert_eq!(refused.code(), Some("ResourceNotFoundException"));
    for id in [String::new(), "x".repeat(2049)] {
        let refused = client.get_secret_value().secret_id(id).send().await.expect_err("it is no name");
        assert_eq!(refused.code(), Some("InvalidParameterException"));
    }
    let pepper = || client.get_secret_value().secret_id("carrel-pepper");
    for call in [pepper().version_stage("AWSPREVIOUS"), pepper().version_id("00000000-0000-0000-0000-000000000001")] {
        let refused = call.send().await.expect_err("there is no such version");
        assert_eq!(refused.code(), Some("ResourceNotFoundException"));
    }
    pepper().version_stage("AWSCURRENT").send().await.expect("it is there");
    let refused = client.describe_secret().secret_id("carrel-pepper").send().await.expect_err("it is not supported");
    assert_eq!(refused.code(), Some("UnknownOperationException"));
}

#[tokio::test]
async fn after_a_stop_the_folder_is_free_and_has_one_administrator() {
    let scratch = Scratch::new();
    let data = Data::Folder(scratch.0.clone());
    for is_first in [true, false] {
        let cloud = start(&data).await;
        let refused = Cloud::start(0, &data, &Options { aws_port: 0, address: LOOPBACK, env_file: None }).await;
        assert!(matches!(refused, Err(Error::FolderInUse(_))));
        let made = cloud.create_admin("johndoe@example.com", "password").await.expect("it can be written");
        assert_eq!(made, is_first);
        cloud.stop().await;
    }
}
